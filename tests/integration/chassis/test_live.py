"""Channels of live views: whatever changes wakes them, also around a swap of generations."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from contracts.codec import KafkaRecord, encode
from contracts.examples import EXAMPLES, MUNICIPALITY, ROLLOUT
from contracts.facts import document_id, fact_key
from contracts.names import EventName
from contracts.reader import read
from contracts.refusals import Refusal
from services.chassis.projection.documents import Union
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.store import FIRST, Generation, Store
from services.chassis.queries import live as live_module
from services.chassis.queries.live import Channel, Live

pytestmark = pytest.mark.stack
OWN = document_id(ROLLOUT, MUNICIPALITY)
WITHIN_S = 20


class OverlookingStore(Store):
    """Writes to the document once more, just before its changes are followed again."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        self.followed = 0

    async def changes(self) -> AsyncIterator[str | None]:
        self.followed += 1
        if self.followed > 1:
            await write(self, 2)
        async for each in super().changes():
            yield each


@pytest.fixture
async def database(stack, prefix, monkeypatch):
    monkeypatch.setattr(live_module, "RETRY_S", 3_600)  # only a fault is a reason to wait
    client = connect(stack.mongo_uri, timeout_s=5)
    yield client[f"{prefix}live"]
    await client.drop_database(f"{prefix}live")
    await client.close()


async def write(store: Store, number: int) -> None:
    """Add a fact, so that a document is there or is changed."""
    message = encode(EXAMPLES[EventName.MunicipalityEnrolled])
    heard = read(KafkaRecord(message.topic, 0, number, 1_798_675_200_000, message.key, message.value, message.headers))
    assert not isinstance(heard, Refusal)
    union = Union(OWN, ROLLOUT, MUNICIPALITY, {fact_key(heard.fact): heard.fact}, {"agreements-0": number})
    await store.union(FIRST.live, [union])
    await store.write_progress(FIRST.live, {OWN: {"rules": 1, "facts": number, "held": 1, "bytes": 1}})


@asynccontextmanager
async def watched(store: Store) -> AsyncIterator[Channel]:
    """Yield the channel of the document while its changes are followed."""
    await store.prepare()
    live = Live(store)

    async def render() -> dict[str, Any]:
        return {}

    watching = asyncio.create_task(live.watch())
    try:
        async with live.channel(OWN, render) as channel, asyncio.timeout(WITHIN_S):
            await channel.after(0)  # it is woken once changes are followed
            yield channel
    finally:
        watching.cancel()
        await asyncio.wait({watching}, timeout=1)  # its cancellation may get lost in the driver until the client closes


async def test_a_written_document_wakes_its_channel(database):
    store = Store(database)
    async with watched(store) as channel:
        await write(store, 1)

        await channel.after(1)


async def test_after_a_swap_changes_are_followed_at_once(database):
    store = Store(database)
    async with watched(store) as channel:
        await store.repoint(FIRST, Generation(FIRST.live, ("progress_2",)))
        await channel.after(1)  # whatever happened between is looked at
        await write(store, 1)

        await channel.after(2)


async def test_what_changes_before_changes_are_followed_again_is_not_overlooked(database):
    store = OverlookingStore(database)
    async with watched(store) as channel:
        await store.repoint(FIRST, Generation(FIRST.live, ("progress_2",)))

        await channel.after(1)

    assert store.followed == 2
