"""What a user would pick instead, each as its own documentation would have it."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import psutil
from aiokafka import AIOKafkaConsumer
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from pydantic import BaseModel, ConfigDict
from pymongo import AsyncMongoClient

from contracts.topics import Topic
from deploy.local.stack import Stack

Header = Mapping[str, Any]


class Lap(NamedTuple):
    """One candidate once through the log: processor time in microseconds an event; `right`: its final states are."""

    events: int
    rate: float
    client_us: float
    rss_mb: float
    right: bool
    broker_us: float = 0.0
    mongod_us: float = 0.0


class Anything(BaseModel):
    """The usual handler's model of a body."""

    model_config = ConfigDict(extra="allow")
    agreement_id: str | None = None
    erp: str | None = None


async def read_log(stack: Stack, records: int) -> list[Any]:
    """Return so many records of the topic, those of a partition in their order."""
    consumer = AIOKafkaConsumer(
        Topic.AGREEMENTS, bootstrap_servers=stack.bootstrap, auto_offset_reset="earliest", group_id=None
    )
    await consumer.start()
    try:
        found: list[Any] = []
        while len(found) < records:
            for some in (await consumer.getmany(timeout_ms=500, max_records=2_000)).values():
                found += some
        return found
    finally:
        await consumer.stop()


async def bare_aiokafka(stack: Stack, records: int) -> Lap:
    """Read with `getmany`, with no decoding and no write: the ceiling of any Python consumer."""
    consumer = AIOKafkaConsumer(
        Topic.AGREEMENTS, bootstrap_servers=stack.bootstrap, auto_offset_reset="earliest", group_id=None
    )
    await consumer.start()
    try:
        seen, meter = 0, _Meter()
        while seen < records:
            seen += sum(map(len, (await consumer.getmany(timeout_ms=500, max_records=2_000)).values()))
        return meter.lap(seen, right=seen == records)
    finally:
        await consumer.stop()


async def usual_batch(stack: Stack, log: Sequence[Any], events: int, label: str) -> Lap:
    """Handle `list[Event]` with one update of a document for each, as the documentation of batches shows it."""
    views, broker, turn = _begun(stack, label)

    @broker.subscriber(Topic.AGREEMENTS, batch=True, group_id=label, auto_offset_reset="earliest", max_records=500)
    async def handle(bodies: list[Anything], message: KafkaMessage) -> None:
        for body, header in zip(bodies, message.batch_headers, strict=True):
            fact = {f"facts.{header['ce_id']}": body.model_dump(exclude_none=True)}
            await views.update_one({"_id": _document(header)}, {"$set": fact}, upsert=True)
        turn.handled(message.raw_message)

    return await _lap(broker, views, turn, log, events)


async def usual_event(stack: Stack, log: Sequence[Any], events: int, label: str) -> Lap:
    """Handle one typed event with find and replace, and acknowledge it."""
    views, broker, turn = _begun(stack, label)

    @broker.subscriber(Topic.AGREEMENTS, group_id=label, auto_offset_reset="earliest", ack_policy=AckPolicy.ACK)
    async def handle(body: Anything, message: KafkaMessage) -> None:
        key = _document(message.headers)
        view = await views.find_one({"_id": key}) or {"_id": key, "facts": {}}
        view["facts"][message.headers["ce_id"]] = body.model_dump(exclude_none=True)
        await views.replace_one({"_id": key}, view, upsert=True)
        turn.handled([message.raw_message])

    return await _lap(broker, views, turn, log, events)


class _Meter:
    """Time and processor time of this process from its making on."""

    def __init__(self) -> None:
        self._began, self._cpu = time.perf_counter(), time.process_time()

    def lap(self, events: int, *, right: bool) -> Lap:
        seconds, cpu = time.perf_counter() - self._began, time.process_time() - self._cpu
        return Lap(events, events / seconds, cpu / events * 1e6, psutil.Process().memory_info().rss / 1e6, right)


class _Turn:
    """What has been handled: the places, and when enough is."""

    def __init__(self) -> None:
        self.places: set[tuple[int, int]] = set()
        self.moved = asyncio.Event()

    def handled(self, records: Any) -> None:
        self.places.update((each.partition, each.offset) for each in records)
        self.moved.set()


def _begun(stack: Stack, label: str) -> tuple[Any, KafkaBroker, _Turn]:
    client: Any = AsyncMongoClient(stack.mongo_uri, w="majority", journal=True)
    return client[label]["views"], KafkaBroker(stack.bootstrap, logger=None), _Turn()


async def _lap(broker: KafkaBroker, views: Any, turn: _Turn, log: Sequence[Any], events: int) -> Lap:
    """Let it handle so many events, and hold what it stored against the part of the log that it had."""
    meter = _Meter()
    await broker.start()
    try:
        while len(turn.places) < events:
            turn.moved.clear()
            await turn.moved.wait()
        lap = meter.lap(len(turn.places), right=False)
    finally:
        await broker.stop()
    due: dict[str, set[str]] = {}
    for each in log:
        if (each.partition, each.offset) in turn.places:
            headers = {name: value.decode() for name, value in each.headers}
            due.setdefault(_document(headers), set()).add(headers["ce_id"])
    held = {each["_id"]: set(each["facts"]) async for each in views.find()}
    await views.database.client.drop_database(views.database.name)
    await views.database.client.close()
    return lap._replace(right=held == due)


def _document(header: Header) -> str:
    return f"{header['ce_rollout']}:{header['ce_municipality']}"
