"""One piece of work under way while the next is made: what is waited for, and what becomes of it at a fault."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Generic, Self, TypeVar

Result = TypeVar("Result")


class UnderWay(Generic[Result]):
    """Holds one work at most; a block that is left while one is under way cancels it."""

    def __init__(self) -> None:
        self._task: asyncio.Task[Result] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def begin(self, work: Coroutine[Any, Any, Result]) -> None:
        """Begin a work; the one before has to be ended."""
        self._task = asyncio.create_task(work)

    async def ended(self) -> Result | None:
        """Wait for the work and return what came of it; None where there is none."""
        if self._task is None:
            return None
        result = await self._task
        self._task = None
        return result
