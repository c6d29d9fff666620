"""A running service with webhooks, and a portal that receives them."""

from collections.abc import AsyncIterator

import pytest

from tests.in_process import client_of, ready, running_service
from tests.integration.hooks.office import SOON, Office, Receiver
from tests.tokens import free_port, running_issuer, served


@pytest.fixture(scope="package")
async def running(stack, tmp_path_factory) -> AsyncIterator[Office]:
    async with (
        running_issuer(tmp_path_factory.mktemp("issuer")) as issuer,
        running_service("notifications", stack, issuer, "hooks_", webhooks=SOON) as app,
        client_of(app) as client,
    ):
        await ready(client)
        yield Office(app, client, issuer, "")


@pytest.fixture
async def office(running, prefix) -> AsyncIterator[Office]:
    office = running._replace(rollout=f"{prefix}8b")
    store = running.app.state.parts.store
    await store.collection((await store.generation()).live).delete_many({})  # rollouts of other tests are no news here
    yield office
    for each in (await office.call("GET")).json()["items"]:
        await office.call("DELETE", f"/{each['id']}")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with served(receiver.app, free_port()) as url:
        receiver.url = f"{url}/hook"
        yield receiver
