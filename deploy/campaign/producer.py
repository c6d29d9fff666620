"""Plays the acts, to be watched or as fast as they are taken: EG's systems on the log, people by command."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from aiokafka import AIOKafkaProducer  # noqa: TID251  only the type

from contracts.codec import Message, NewEvent
from deploy.campaign.arrival import arrivals
from deploy.campaign.said import Said, is_sent_with_all, said
from deploy.campaign.script import Act
from deploy.producer import connected, send
from services.chassis.settings import KafkaConnection


class Voices(NamedTuple):
    """How commands are said: `say` raises what a service refuses, and `seen` waits for a municipality.

    It waits until every service shows the municipality as of a position on the log, e.g. `agreements-3-1042`.
    """

    say: Callable[[Said], Awaitable[None]]
    seen: Callable[[str, str], Awaitable[None]]


async def play(
    acts: Sequence[Act], *, kafka: KafkaConnection, voices: Voices, act_s: float, begun: Callable[[int, Act], None]
) -> None:
    """Tell everything; `act_s` is how long an act takes, in seconds, and `begun` is told when one begins."""
    async with connected(kafka) as producer:
        for number, act in enumerate(acts, start=1):
            begun(number, act)
            messages, (to_all, own) = arrivals(reported(act)), spoken(act)
            pause_s = act_s / (len(messages) + len(to_all) + len(own))
            await _say(voices, to_all, pause_s=pause_s)
            placed = await _tell(producer, messages, pause_s=pause_s)
            await asyncio.gather(*[voices.seen(code, position) for code, position in placed.items()])
            await _say(voices, own, pause_s=pause_s)


def reported(act: Act) -> list[NewEvent]:
    """Return what reaches the log from EG's systems and others outside."""
    return [each for each in act.events if said(each) is None and not is_sent_with_all(each)]


def spoken(act: Act) -> tuple[list[Said], list[Said]]:
    """Return what is said by command, in the order in which it happened: to all, and then of each municipality."""
    commands = [(event.municipality, command) for event in act.events if (command := said(event))]
    ordered = sorted(commands, key=lambda each: each[1].time)
    return [each for code, each in ordered if code is None], [each for code, each in ordered if code is not None]


async def _say(voices: Voices, commands: Sequence[Said], *, pause_s: float) -> None:
    for command in commands:
        await voices.say(command)
        await asyncio.sleep(pause_s)


async def _tell(producer: AIOKafkaProducer, messages: Sequence[Message], *, pause_s: float) -> dict[str, str]:
    """Send the messages and return the last position of each municipality on each topic."""
    if pause_s:
        positions = []
        for message in messages:
            positions.append(await send(producer, message))
            await asyncio.sleep(pause_s)
    else:
        positions = await asyncio.gather(*[send(producer, message) for message in messages])
    return {message.key.decode(): position for message, position in zip(messages, positions, strict=True)}
