"""How fast mails leave: so many a minute, so that whoever shares the process with them is not kept waiting."""

import asyncio
import time
from collections.abc import Awaitable, Callable

#: Longest pause between two mails that are made, in seconds, and the part of a mail's own time that it may take.
BREATH_S, BREATH_PART = 0.02, 1 / 3

#: Seconds that only go on, from whenever.
Now = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


class Pace:
    """Gives turns, one chunk after another; a turn that nobody took is not saved up."""

    def __init__(self, per_minute: int, *, now: Now = time.monotonic, sleep: Sleep = asyncio.sleep) -> None:
        #: So many a second allows, and one at least.
        self.a_second = max(1, per_minute // 60)
        self._apart = 60 / per_minute
        self._next = 0.0
        self._now = now
        self._sleep = sleep

    async def turn(self, mails: int) -> None:
        """Return when it is the turn of so many mails."""
        now = self._now()
        at = max(now, self._next)
        self._next = at + self._apart * mails
        await self._sleep(at - now)

    async def breath(self) -> None:
        """Return after a pause in which others get in; the mails of a turn can all have one and be in time."""
        await self._sleep(min(BREATH_S, self._apart * BREATH_PART))
