"""`asyncio.wait_for` of Python 3.11 can lose a cancellation; here it is kept, as it is from Python 3.12 on."""

import asyncio
import sys
from collections.abc import Awaitable
from typing import TypeVar

Result = TypeVar("Result")


def keep_cancellations() -> None:
    """Have everything in this process wait as Python 3.12 does (python/cpython#96764); call it before others import.

    On 3.11 a task that is cancelled in the moment in which what it waits for ends is not cancelled: it goes on. PyMongo
    waits like that with each command, so that of readers that were cancelled some never ended.
    """
    if sys.version_info < (3, 12):
        asyncio.wait_for = _wait_for  # type: ignore[assignment]


async def _wait_for(fut: Awaitable[Result], timeout: float | None) -> Result:  # noqa: ASYNC109  the signature is Python's
    async with asyncio.timeout(timeout):
        return await fut
