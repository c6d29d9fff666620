"""Plays the acts on the log, slowly enough to be watched or as fast as it takes them."""

import asyncio
from collections.abc import Callable, Sequence

from aiokafka import AIOKafkaProducer  # noqa: TID251  only the type

from contracts.codec import Message
from deploy.campaign.arrival import arrivals
from deploy.campaign.script import Act
from deploy.producer import connected, send
from services.chassis.settings import KafkaConnection


async def play(acts: Sequence[Act], *, kafka: KafkaConnection, act_s: float, begun: Callable[[int, Act], None]) -> None:
    """Tell all events; `act_s` is how long an act takes, in seconds, and `begun` is told when one begins."""
    async with connected(kafka) as producer:
        for number, act in enumerate(acts, start=1):
            begun(number, act)
            messages = arrivals(act.events)
            await _tell(producer, messages, pause_s=act_s / len(messages))


async def _tell(producer: AIOKafkaProducer, messages: Sequence[Message], *, pause_s: float) -> None:
    if not pause_s:
        await asyncio.gather(*[send(producer, message) for message in messages])
        return
    for message in messages:
        await send(producer, message)
        await asyncio.sleep(pause_s)
