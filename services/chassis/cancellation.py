"""What a cancellation does here: none is lost, as Python 3.11 can lose one, and what must not be cut off ends first."""

import asyncio
import sys
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


def keep_cancellations() -> None:
    """Have everything in this process wait as Python 3.12 does (python/cpython#96764); call it before others import.

    On 3.11 a task that is cancelled in the moment in which what it waits for ends is not cancelled: it goes on. PyMongo
    waits like that with each command, so that of readers that were cancelled some never ended.
    """
    if sys.version_info < (3, 12):
        asyncio.wait_for = _wait_for  # type: ignore[assignment]


def is_cancelled() -> bool:
    """Whether the running task has been told to end, also where a library made an error of its own of that."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def to_its_end(work: Coroutine[Any, Any, Result]) -> Result:
    """Return what comes of `work`; who is cancelled meanwhile waits for its end, too, and is cancelled then."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    finally:
        await asyncio.wait({task})


async def _wait_for(fut: Awaitable[Result], timeout: float | None) -> Result:  # noqa: ASYNC109  the signature is Python's
    async with asyncio.timeout(timeout):
        return await fut
