"""The shares of one service worked on together: in this process, or in one process each where that pays."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import reduce
from typing import Any, Protocol

from services.chassis.log.log_reader import Offsets
from services.chassis.projection.target import Subject, Target
from services.chassis.replay.judging import Tell
from services.chassis.replay.share_process import in_process
from services.chassis.replay.share_reading import HandingOver
from services.chassis.replay.share_work import Judgement, ShareWork
from services.chassis.replay.shares import WHOLE, Asked, shares

#: With fewer records than this a second process costs more than it brings.
WORTH_A_PROCESS = 50_000
PROCESSES = 2
#: What a process takes in memory besides the facts that it folds, and what it has for these at the very least.
OWN_MB = 140
LEAST_ROOM = 16_000_000


class Worker(Protocol):
    """One share's work, here or in a process of its own."""

    async def write(self, collection: str, start: Offsets, fence: Offsets) -> None: ...
    async def judge(self, collections: Sequence[str], start: Offsets, fence: Offsets) -> list[Judgement]: ...


class Crew:
    """All shares of a service."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._workers = workers

    async def write(self, collection: str, start: Offsets, fence: Offsets) -> None:
        """Fold the log from `start` to before `fence` into an empty collection."""
        await _together([each.write(collection, start, fence) for each in self._workers])

    async def judge(self, collections: Sequence[str], start: Offsets, fence: Offsets) -> list[Judgement]:
        """Compare generations with the log from `start` to before `fence`; what was written need not be read again."""
        found = await _together([each.judge(collections, start, fence) for each in self._workers])
        return [reduce(Judgement.and_also, shares) for shares in zip(*found, strict=True)]


@asynccontextmanager
async def crew(target: Target, subject: Subject, asked: Asked, *, records: int, tell: Tell) -> AsyncIterator[Crew]:
    """Yield the crew for so many records; processes end with the block, or with this process."""
    long = records >= WORTH_A_PROCESS
    several = long and not asked.aside and _fits(asked) and (os.cpu_count() or 1) >= PROCESSES
    size = PROCESSES if several else 1
    if size == 1 and not (long and asked.aside):
        room = _room(asked, own=1, processes=1)
        yield Crew([ShareWork(subject=subject, share=WHOLE, asked=asked, room=room, tell=tell)])
        return
    room = _room(asked, own=size + 1, processes=size)
    told, handing = _Sum(tell), HandingOver(size)
    async with AsyncExitStack() as stack:
        begun = [
            in_process(target=target, share=share, asked=asked, room=room, tell=told.of(index), swap=handing.of(index))
            for index, share in enumerate(shares(size))
        ]
        yield Crew([await stack.enter_async_context(each) for each in begun])


def _fits(asked: Asked) -> bool:
    """Whether all processes have at least their least room."""
    return asked.memory_mb * 1_000_000 >= (PROCESSES + 1) * OWN_MB * 1_000_000 + PROCESSES * LEAST_ROOM


def _room(asked: Asked, *, own: int, processes: int) -> int:
    """Return how many bytes of facts each process may hold, where `own` processes take their own besides."""
    return max(LEAST_ROOM, (asked.memory_mb - own * OWN_MB) * 1_000_000 // processes)


async def _together(works: Sequence[Any]) -> list[Any]:
    """Wait for all; the first that fails ends the others."""
    tasks = [asyncio.ensure_future(each) for each in works]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for each in tasks:
            each.cancel()


class _Sum:
    """Adds up what several tell."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._told: dict[tuple[str, int], tuple[int, int]] = {}

    def of(self, index: int) -> Callable[[str, int, int], None]:
        def told(what: str, done: int, total: int) -> None:
            self._told[what, index] = (done, total)
            figures = [each for (said, _), each in self._told.items() if said == what]
            self._tell(what, *(sum(each) for each in zip(*figures, strict=True)))

        return told
