"""Plays the acts on the log, slowly enough to be watched or as fast as it takes them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaProducer  # noqa: TID251  the campaign is EG's systems here, and these write to Kafka
from aiokafka.structs import RecordMetadata  # noqa: TID251

from contracts.codec import Message
from deploy.campaign.arrival import arrivals
from deploy.campaign.script import Act

SEND_TIMEOUT_S = 30.0


async def play(acts: Sequence[Act], *, bootstrap: str, act_s: float, begun: Callable[[int, Act], None]) -> int:
    """Tell all events; return how many messages that took. `act_s` is how long an act takes, in seconds."""
    told = 0
    async with connected(bootstrap) as producer:
        for number, act in enumerate(acts, start=1):
            begun(number, act)
            messages = arrivals(act.events)
            await _tell(producer, messages, pause_s=act_s / len(messages))
            told += len(messages)
    return told


@asynccontextmanager
async def connected(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    """Yield an idempotent producer; what it has not sent yet is sent before it goes."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap.split(","), client_id="klarmeld-cli", acks="all", enable_idempotence=True
    )
    try:
        await producer.start()
        yield producer
    finally:
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await producer.stop()


async def send(producer: AIOKafkaProducer, message: Message) -> RecordMetadata:
    """Send one message; return its place once the log has acknowledged it, or raise TimeoutError."""
    async with asyncio.timeout(SEND_TIMEOUT_S):
        return await producer.send_and_wait(message.topic, message.value, key=message.key, headers=message.headers)


async def _tell(producer: AIOKafkaProducer, messages: Sequence[Message], *, pause_s: float) -> None:
    if not pause_s:
        await asyncio.gather(*[send(producer, message) for message in messages])
        return
    for message in messages:
        await send(producer, message)
        await asyncio.sleep(pause_s)
