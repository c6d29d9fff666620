"""A producer on the log, for the campaign and for commands: idempotent, acknowledged, never waited for forever."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaProducer  # noqa: TID251  whoever writes here is a system outside the services, like EG's
from aiokafka.errors import KafkaError  # noqa: TID251

from contracts.codec import Message
from contracts.topics import partition_name
from services.chassis.log.kafka_client import reaching
from services.chassis.settings import KafkaConnection

SEND_TIMEOUT_S = 30.0


class LogAwayError(Exception):
    """Kafka can't be reached, or has no such topic, or did not acknowledge in time."""


@asynccontextmanager
async def connected(kafka: KafkaConnection) -> AsyncIterator[AIOKafkaProducer]:
    """Yield a producer; what it has not sent yet is sent before it goes. LogAwayError where there is no Kafka."""
    producer = AIOKafkaProducer(client_id="klarmeld-cli", acks="all", enable_idempotence=True, **reaching(kafka))
    try:
        await _within(producer.start())
        yield producer
    finally:
        await _within(producer.stop())


async def send(producer: AIOKafkaProducer, message: Message) -> str:
    """Send one message; return its position (`agreements-3-1042`) once the log has acknowledged it."""
    placed = await _within(
        producer.send_and_wait(message.topic, message.value, key=message.key, headers=message.headers)
    )
    return f"{partition_name(placed.topic, placed.partition)}-{placed.offset}"


async def _within(work: Awaitable[Any]) -> Any:
    try:
        async with asyncio.timeout(SEND_TIMEOUT_S):
            return await work
    except (KafkaError, TimeoutError) as error:
        raise LogAwayError(type(error).__name__) from error
