"""What a user would pick instead, each as its own documentation would have it."""

import asyncio
import time
from typing import Any

from aiokafka import AIOKafkaConsumer
from faststream.kafka import KafkaBroker
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import BaseModel

from contracts.topics import Topic
from deploy.local.stack import Stack


class Anything(BaseModel):
    """The usual handler's model of a body."""

    agreement_id: str | None = None
    erp: str | None = None


async def bare_aiokafka(stack: Stack, records: int) -> float:
    """Return records a second of `getmany` with no decoding and no write: the ceiling of any Python consumer."""
    consumer = AIOKafkaConsumer(
        Topic.AGREEMENTS, bootstrap_servers=stack.bootstrap, auto_offset_reset="earliest", group_id=None
    )
    await consumer.start()
    try:
        seen, started = 0, time.perf_counter()
        while seen < records:
            seen += sum(map(len, (await consumer.getmany(timeout_ms=500, max_records=2_000)).values()))
        return seen / (time.perf_counter() - started)
    finally:
        await consumer.stop()


async def usual_faststream_batch(stack: Stack, records: int, *, label: str) -> float:
    """Return events a second of a typed FastStream batch handler that updates one document for each event."""
    client: Any = AsyncIOMotorClient(stack.mongo_uri)
    views = client[label]["views"]
    broker = KafkaBroker(stack.bootstrap, logger=None)
    done, counted, started = asyncio.Event(), 0, 0.0

    @broker.subscriber(Topic.AGREEMENTS, batch=True, group_id=label, auto_offset_reset="earliest", max_records=500)
    async def handle(events: list[Anything]) -> None:
        nonlocal counted, started
        started = started or time.perf_counter()
        for event in events:
            key = event.agreement_id or "enrolled"
            await views.update_one({"_id": key}, {"$set": event.model_dump(), "$inc": {"seen": 1}}, upsert=True)
        counted += len(events)
        if counted >= records:
            done.set()

    await broker.start()
    try:
        await done.wait()
        return counted / (time.perf_counter() - started)
    finally:
        await broker.stop()
        await client.drop_database(label)
        client.close()
