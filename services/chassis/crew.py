"""The shares of one service worked on together: in this process, or in one process each where that pays."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import reduce
from typing import Any, Protocol

from services.chassis.judging import Tell
from services.chassis.log_reader import Offsets, records_between
from services.chassis.share_process import in_process
from services.chassis.share_work import Judgement, ShareWork
from services.chassis.shares import WHOLE, Asked, Share
from services.chassis.target import Subject, Target

#: With fewer records than this a second process costs more than it brings.
WORTH_A_PROCESS = 50_000
PROCESSES = 2
#: Facts that one process holds at once as it folds; what is more takes another round through the log.
FACTS_AT_ONCE = 600_000


class Worker(Protocol):
    """One share's work, here or in a process of its own."""

    async def trace(self, start: Offsets, fence: Offsets) -> None: ...
    async def write(self, collection: str, start: Offsets, fence: Offsets, rounds: int) -> None: ...
    async def judge(self, collection: str, start: Offsets, fence: Offsets) -> Judgement: ...


class Crew:
    """All shares of a service."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._workers = workers

    async def trace(self, start: Offsets, fence: Offsets) -> None:
        """Add the log from `start` to before `fence` to what documents are judged by."""
        await _together([each.trace(start, fence) for each in self._workers])

    async def write(self, collection: str, start: Offsets, fence: Offsets) -> None:
        """Fold the log into an empty collection, and trace it."""
        rounds = 1 + records_between(start, fence) // (FACTS_AT_ONCE * len(self._workers))
        await _together([each.write(collection, start, fence, rounds) for each in self._workers])

    async def judge(self, collection: str, start: Offsets, fence: Offsets) -> Judgement:
        """Compare a generation with what was traced."""
        found: list[Judgement] = await _together([each.judge(collection, start, fence) for each in self._workers])
        return reduce(lambda one, other: one.and_also(other), found)


@asynccontextmanager
async def crew(target: Target, subject: Subject, asked: Asked, *, records: int, tell: Tell) -> AsyncIterator[Crew]:
    """Yield the crew for so many records; processes end with the block, or with this process."""
    size = PROCESSES if records >= WORTH_A_PROCESS and (os.cpu_count() or 1) >= PROCESSES else 1
    if size == 1:
        yield Crew([ShareWork(subject, WHOLE, asked, tell)])
        return
    told = _Sum(tell)
    async with AsyncExitStack() as stack:
        shares = [Share(index, size) for index in range(size)]
        begun = [in_process(target, each, asked, told.of(each.index)) for each in shares]
        yield Crew([await stack.enter_async_context(each) for each in begun])


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
