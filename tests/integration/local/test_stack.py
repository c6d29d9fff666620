"""The local stack is real Kafka and real MongoDB, and gives back what was acknowledged, whatever happened between."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo.write_concern import WriteConcern

from deploy.local.stack import Stack
from services.chassis.projection.mongo_client import connect


@pytest.fixture
async def topic(stack: Stack, prefix: str) -> str:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(f"{prefix}topic", 2, 1)])
    await admin.close()
    return f"{prefix}topic"


@pytest.fixture
async def records(stack: Stack, prefix: str) -> AsyncIterator[Any]:
    async with connect(stack.mongo_uri, timeout_s=20) as client:
        yield client[f"{prefix}db"].get_collection("records", write_concern=WriteConcern("majority", j=True))


async def test_what_is_produced_is_consumed(stack: Stack, topic: str):
    await produce(stack, topic, b"1", b"2")

    assert await consume(stack, topic, count=2) == {b"1", b"2"}


async def test_a_killed_broker_starts_again_with_what_it_acknowledged(stack: Stack, topic: str):
    await produce(stack, topic, b"1")

    await stack.kill_broker()
    await stack.start_broker()
    await produce(stack, topic, b"2")

    assert await consume(stack, topic, count=2) == {b"1", b"2"}


async def test_a_restarted_broker_keeps_its_data(stack: Stack, topic: str):
    await produce(stack, topic, b"1")

    await stack.restart_broker()

    assert await consume(stack, topic, count=1) == {b"1"}


async def test_mongod_takes_majority_writes(records: Any):
    await records.insert_one({"_id": 1})

    assert await records.count_documents({}) == 1


async def test_a_killed_mongod_starts_again_with_what_it_acknowledged(stack: Stack, records: Any):
    await records.insert_one({"_id": 1})

    await stack.kill_mongod()
    await stack.start_mongod()

    assert await records.count_documents({}) == 1


async def test_mongod_tells_of_changes(records: Any):
    async with await records.watch() as changes:
        await records.insert_one({"_id": 1})

        assert (await changes.next())["operationType"] == "insert"


async def produce(stack: Stack, topic: str, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=stack.bootstrap, enable_idempotence=True) as producer:
        await asyncio.gather(*[producer.send_and_wait(topic, value) for value in values])


async def consume(stack: Stack, topic: str, *, count: int) -> set[bytes]:
    async with AIOKafkaConsumer(topic, bootstrap_servers=stack.bootstrap, auto_offset_reset="earliest") as consumer:
        return {(await anext(consumer)).value for _ in range(count)}
