"""The three services, started once for all that is asked of them, and a rollout of its own for every test."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from contracts.examples import example
from contracts.names import EventName
from deploy.local.stack import Stack
from tests.in_process import client_of, ready, running_service
from tests.integration.queries.three import OK, Three
from tests.lasting import LASTING
from tests.tokens import Issuer, running_issuer


@pytest.fixture(scope="package")
async def three(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Three]:
    async with AsyncExitStack() as running:
        issuer: Issuer = await running.enter_async_context(running_issuer(tmp_path_factory.mktemp("issuer")))
        three = Three({}, {})
        for name in ("agreements", "notifications", "tasks"):
            three.apps[name] = await running.enter_async_context(running_service(name, stack, issuer, "queries_"))
            three.clients[name] = await running.enter_async_context(client_of(three.apps[name]))
            three.clients[name].headers.update(issuer.bearer("koordinator"))
            await ready(three.clients[name])
        yield three


@pytest.fixture
async def rollout(three: Three, prefix: str) -> str:
    """A rollout in which Vejle is enrolled and its agreement sent, as tasks shows it."""
    rollout = f"{prefix}8b"
    await three.tell(example(EventName.MunicipalityEnrolled, rollout=rollout))
    [sent] = await three.tell(replace(LASTING[EventName.AgreementSent], rollout=rollout))
    assert (await three.view(rollout, after=sent, wait=30)).status_code == OK
    return rollout
