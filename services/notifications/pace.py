"""How fast mails leave: so many a minute, evenly, so that whoever shares the process with them is not kept waiting."""

import asyncio
import time
from collections.abc import Awaitable, Callable

#: Seconds that only go on, from whenever.
Now = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


class Pace:
    """Gives turns, one after another; a turn that nobody took is not saved up."""

    def __init__(self, per_minute: float, *, now: Now = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        self._apart = 60 / per_minute
        self._next = 0.0
        self._now = now
        self._sleep = sleep

    async def turn(self) -> None:
        """Return when it is the caller's turn."""
        now = self._now()
        at = max(now, self._next)
        self._next = at + self._apart
        await self._sleep(at - now)
