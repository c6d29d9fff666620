"""One running service for each module of tests, and a desk of its own for each test."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.in_process import client_of, ready, running_service
from tests.integration.operations.desk import Desk
from tests.tokens import running_issuer


@pytest.fixture(scope="module")
async def service(stack, tmp_path_factory) -> AsyncIterator[tuple[Any, httpx.AsyncClient, Any]]:
    async with (
        running_issuer(tmp_path_factory.mktemp("issuer")) as issuer,
        running_service("tasks", stack, issuer, "parked_") as app,
        client_of(app) as client,
    ):
        await ready(client)
        yield app, client, issuer


@pytest.fixture
def desk(service, prefix) -> Desk:
    return Desk(*service, f"{prefix}8b", int(prefix[1:6], 16) * 1_000_000)
