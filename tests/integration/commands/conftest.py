"""The three services that the commands are given to, each started once, and a rollout of its own for every test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx
import pytest

from deploy.local.stack import Stack
from tests.desk import Desk
from tests.in_process import client_of, ready, running_service
from tests.integration.commands.office import FOREIGN, OWN, Office, enrol
from tests.tokens import Issuer, running_issuer


class Served(NamedTuple):
    """A service in this process, and who calls it."""

    app: Any
    client: httpx.AsyncClient
    issuer: Issuer

    def desk(self, prefix: str) -> Desk:
        """Return the desk of a rollout of its own."""
        return Desk(self.client, self.issuer, f"{prefix}8b")


@pytest.fixture(scope="package")
async def issuer(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Issuer]:
    async with running_issuer(tmp_path_factory.mktemp("issuer")) as issuer:
        yield issuer


@pytest.fixture(scope="package")
async def agreements(stack: Stack, issuer: Issuer) -> AsyncIterator[Served]:
    async with serving("agreements", stack, issuer) as served:
        yield served


@pytest.fixture(scope="package")
async def notifications(stack: Stack, issuer: Issuer) -> AsyncIterator[Served]:
    async with serving("notifications", stack, issuer) as served:
        yield served


@pytest.fixture(scope="package")
async def tasks(stack: Stack, issuer: Issuer) -> AsyncIterator[Served]:
    async with serving("tasks", stack, issuer) as served:
        yield served


@asynccontextmanager
async def serving(name: str, stack: Stack, issuer: Issuer, prefix: str = "commands_") -> AsyncIterator[Served]:
    """Run a service for as long as the block lasts; one of another `prefix` knows only what the log says."""
    async with running_service(name, stack, issuer, prefix) as app, client_of(app) as client:
        await ready(client)
        yield Served(app, client, issuer)


@pytest.fixture
async def office(agreements: Served, prefix: str) -> Office:
    """A rollout in which two municipalities are enrolled."""
    office = Office(agreements.desk(prefix), agreements.app, f"{prefix}B1")
    await enrol(office.desk, office.app, OWN, FOREIGN)
    return office


@pytest.fixture
async def sent(office: Office) -> Office:
    """The same, with an agreement sent to both."""
    answer = await office.send()
    assert answer.status_code == httpx.codes.ACCEPTED
    return office
