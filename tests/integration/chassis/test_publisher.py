"""The publisher on the real broker: a position once the log has the event, an error where it may not have it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.records import Message
from deploy.local.stack import Stack
from services.chassis.errors import LogUnavailableError
from services.chassis.log.log_admin import ensure_topics
from services.chassis.log.publisher import Publisher
from services.chassis.metrics import Metrics
from services.chassis.settings import KafkaSettings


@pytest.fixture
async def topic(stack: Stack, prefix: str) -> str:
    await ensure_topics(KafkaSettings(bootstrap=stack.bootstrap, partitions=2), [f"klarmeld.{prefix}topic"])
    return f"klarmeld.{prefix}topic"


@pytest.fixture
async def publisher(stack: Stack) -> AsyncIterator[Publisher]:
    publisher = Publisher(settings=KafkaSettings(bootstrap=stack.bootstrap), client_id="tests", metrics=Metrics())
    yield publisher
    await publisher.stop()


def message(topic: str, value: bytes) -> Message:
    return Message(topic, b"0630", value, [("ce_id", b"e-1")])


async def records(stack: Stack, topic: str) -> list[tuple[str, bytes]]:
    """Return position and value of everything on a topic."""
    async with AIOKafkaConsumer(bootstrap_servers=stack.bootstrap, auto_offset_reset="earliest") as consumer:
        partitions = [TopicPartition(topic, each) for each in range(2)]
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        found = [await consumer.getone() for _ in range(sum(ends.values()))]
    return [(f"{each.topic.removeprefix('klarmeld.')}-{each.partition}-{each.offset}", each.value) for each in found]


async def test_the_position_is_where_the_log_has_the_event(stack: Stack, publisher: Publisher, topic: str):
    [first] = await publisher.publish([message(topic, b"a")])
    [second] = await publisher.publish([message(topic, b"b")])

    assert dict(await records(stack, topic)) == {first: b"a", second: b"b"}


async def test_positions_come_in_the_order_of_the_events(stack: Stack, publisher: Publisher, topic: str):
    values = [b"%d" % number for number in range(50)]

    positions = await publisher.publish([message(topic, value) for value in values])

    placed = dict(await records(stack, topic))
    assert [placed[position] for position in positions] == values


async def test_nothing_to_publish_needs_no_positions(publisher: Publisher):
    assert await publisher.publish([]) == []


async def test_the_log_acknowledges_by_all_replicas_and_takes_nothing_twice(publisher: Publisher, topic: str):
    await publisher.publish([message(topic, b"a")])

    producer = publisher._producer
    assert producer is not None
    assert producer._sender._acks == -1  # all
    assert producer._txn_manager is not None  # idempotent


async def test_a_kafka_that_is_away_is_an_error_with_a_time_to_come_again():
    away = KafkaSettings(bootstrap="127.0.0.1:1", send_timeout_s=0.5)
    publisher = Publisher(settings=away, client_id="tests", metrics=Metrics())

    with pytest.raises(LogUnavailableError, match="again") as raised:
        await publisher.publish([message("klarmeld.tasks", b"a")])

    assert raised.value.retry_after == 5


async def test_a_topic_that_is_missing_is_an_error_within_the_settings_time(stack: Stack, prefix: str):
    settings = KafkaSettings(bootstrap=stack.bootstrap, send_timeout_s=1)
    publisher = Publisher(settings=settings, client_id="tests", metrics=Metrics())

    with pytest.raises(LogUnavailableError):
        await publisher.publish([message(f"klarmeld.{prefix}missing", b"a")])
    await publisher.stop()


async def test_stopping_twice_is_harmless(publisher: Publisher, topic: str):
    await publisher.publish([message(topic, b"a")])

    await publisher.stop()
    await publisher.stop()


async def test_many_at_once_share_one_connection(publisher: Publisher, topic: str):
    await asyncio.gather(*[publisher.publish([message(topic, b"a")]) for _ in range(20)])

    first = publisher._producer
    await publisher.publish([message(topic, b"b")])
    assert publisher._producer is first
