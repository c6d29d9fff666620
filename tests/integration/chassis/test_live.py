"""Channels of live views: whatever changes wakes them, also around a swap of generations."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from contracts.codec import KafkaRecord, encode
from contracts.examples import EXAMPLES, MUNICIPALITY, ROLLOUT
from contracts.facts import document_id, fact_key
from contracts.names import EventName
from contracts.reader import read
from contracts.refusals import Refusal
from services.chassis.projection import arrivals
from services.chassis.projection.documents import Union
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.store import FIRST, Generation, Store
from services.chassis.queries import live as live_module
from services.chassis.queries.live import Channel, Live
from tests.waiting import until

pytestmark = pytest.mark.stack
OWN = document_id(ROLLOUT, MUNICIPALITY)
WITHIN_S = 20


class OverlookingStore(Store):
    """Writes to the document once more, just before its changes are followed again."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        self.followed = 0

    async def changes(self, wanted: Callable[[], bool]) -> AsyncIterator[str | None]:
        self.followed += 1
        if self.followed > 1:
            await write(self, 2)
        async for each in super().changes(wanted):
            yield each


class CountingStore(Store):
    """Counts how often its changes have been followed, and how many do so now."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        self.followed = self.following = 0

    async def changes(self, wanted: Callable[[], bool]) -> AsyncIterator[str | None]:
        self.followed += 1
        self.following += 1
        async for each in super().changes(wanted):
            yield each
        self.following -= 1


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


async def render() -> dict[str, Any]:
    return {}


@asynccontextmanager
async def watching(store: Store) -> AsyncIterator[Live]:
    """Yield the channels of a store whose changes are followed while anybody listens."""
    await store.prepare()
    live = Live(store)
    following = asyncio.create_task(live.watch())
    try:
        yield live
    finally:
        following.cancel()
        await asyncio.wait(
            {following}, timeout=1
        )  # its cancellation may get lost in the driver until the client closes


@asynccontextmanager
async def watched(store: Store) -> AsyncIterator[Channel]:
    """Yield the channel of the document while its changes are followed."""
    async with watching(store) as live, live.channel(OWN, render) as channel, asyncio.timeout(WITHIN_S):
        await channel.after(0)  # it is woken once changes are followed
        yield channel


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


async def test_the_database_is_not_asked_for_changes_before_anybody_listens(database):
    store = CountingStore(database)
    async with watching(store) as live:
        await asyncio.sleep(0.3)
        assert store.followed == 0
        async with live.channel(OWN, render) as channel, asyncio.timeout(WITHIN_S):
            await channel.after(0)

    assert store.followed == 1


@asynccontextmanager
async def streaming(live: Live, _: Store) -> AsyncIterator[None]:
    async with live.channel(OWN, render):
        yield


@asynccontextmanager
async def waiting(_: Live, store: Store) -> AsyncIterator[None]:
    with store.arrivals.of([OWN]):
        yield


@pytest.mark.parametrize("listening", [streaming, waiting])
async def test_the_database_is_asked_for_no_more_changes_when_nobody_listens_any_more(database, listening, monkeypatch):
    monkeypatch.setattr(arrivals, "GONE_AFTER_S", 0)
    store = CountingStore(database)
    async with watching(store) as live:
        for times in (1, 2):
            async with listening(live, store):
                await until(lambda: store.following == 1)
                await asyncio.sleep(1.2)  # longer than MongoDB is asked at once
                assert (store.followed, store.following) == (times, 1)
            await until(lambda: store.following == 0)


async def test_who_comes_back_soon_finds_the_changes_still_followed(database):
    store = CountingStore(database)
    async with watching(store) as live:
        for _ in range(2):
            async with live.channel(OWN, render):
                await until(lambda: store.following == 1)
            await asyncio.sleep(1.2)

    assert store.followed == 1
