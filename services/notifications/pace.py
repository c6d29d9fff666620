"""How fast mails leave: so many a minute, evenly, so that whoever shares the process with them is not kept waiting."""

import asyncio


class Pace:
    """Gives turns, one after another; a turn that nobody took is not saved up."""

    def __init__(self, per_minute: float) -> None:
        self._apart = 60 / per_minute
        self._next = 0.0

    async def turn(self) -> None:
        """Return when it is the caller's turn."""
        now = asyncio.get_running_loop().time()
        at = max(now, self._next)
        self._next = at + self._apart
        await asyncio.sleep(at - now)
