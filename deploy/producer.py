"""A producer on the log, for the campaign and for commands: idempotent, acknowledged, never waited for forever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer  # noqa: TID251  whoever writes here is a system outside the services, like EG's
from aiokafka.errors import KafkaError  # noqa: TID251

from contracts.codec import Message
from contracts.topics import partition_name
from services.chassis.log.kafka_client import reaching
from services.chassis.log.log_reader import let_go
from services.chassis.settings import KafkaConnection

#: How long a story waits for Kafka, which a restart of a broker does not end; and a command, as operators wait.
PATIENCE_S, ANSWER_S = 30.0, 10.0


class LogAwayError(Exception):
    """Kafka can't be reached, or has no such topic, or did not acknowledge in time."""


@asynccontextmanager
async def connected(kafka: KafkaConnection, *, within_s: float = PATIENCE_S) -> AsyncIterator[AIOKafkaProducer]:
    """Yield a producer; what it has not sent yet is sent before it goes. LogAwayError where there is no Kafka."""
    producer = AIOKafkaProducer(client_id="klarmeld-cli", acks="all", enable_idempotence=True, **reaching(kafka))
    try:
        async with answered(within_s):
            await producer.start()
        yield producer
        async with answered(within_s):
            await producer.flush()
    finally:
        await let_go(producer.stop())


async def send(producer: AIOKafkaProducer, message: Message, *, within_s: float = PATIENCE_S) -> str:
    """Send one message; return its position (`agreements-3-1042`) once the log has acknowledged it."""
    async with answered(within_s):
        placed = await producer.send_and_wait(message.topic, message.value, key=message.key, headers=message.headers)
    return f"{partition_name(placed.topic, placed.partition)}-{placed.offset}"


@asynccontextmanager
async def answered(within_s: float = ANSWER_S) -> AsyncIterator[None]:
    """Bound the wait for Kafka; LogAwayError where it does not answer in time, or that it can't."""
    try:
        async with asyncio.timeout(within_s):
            yield
    except (KafkaError, OSError, TimeoutError) as error:
        raise LogAwayError(type(error).__name__) from error
