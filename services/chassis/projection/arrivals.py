"""Who waits for a document is woken when it has been written: at once by this process, and by word of the database."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

#: Who stops listening may begin again soon: a page is reloaded, a client asks for its next event. In seconds.
GONE_AFTER_S: Final = 30.0


class Listeners:
    """Those who want to hear of changes; MongoDB is asked to tell of them only while there are any."""

    def __init__(self) -> None:
        self._now = 0
        self._left_at = float("-inf")
        self._came = asyncio.Event()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Listen for as long as the block lasts."""
        self._now += 1
        self._came.set()
        try:
            yield
        finally:
            self._now -= 1
            self._left_at = _now()

    def are_there(self) -> bool:
        """Return whether anybody listens, or did a moment ago."""
        return self._now > 0 or _now() - self._left_at < GONE_AFTER_S

    async def come(self) -> None:
        """Return once anybody listens."""
        while not self.are_there():
            self._came.clear()
            await self._came.wait()


class Arrival:
    """Something was written since somebody looked last."""

    def __init__(self) -> None:
        self._written = asyncio.Event()

    def tell(self) -> None:
        self._written.set()

    def looking(self) -> None:
        """Forget what was written so far: whoever says this looks at it now."""
        self._written.clear()

    async def within(self, seconds: float) -> None:
        """Return when something is written, or when so much time has passed: not every writing is heard of."""
        try:
            async with asyncio.timeout(seconds):
                await self._written.wait()
        except TimeoutError:
            return


class Arrivals:
    """Those who wait, by document."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[Arrival]] = {}
        self.listeners = Listeners()

    @contextmanager
    def of(self, documents: Iterable[str]) -> Iterator[Arrival]:
        """Yield what is told of each writing of these documents from now on."""
        arrival, wanted = Arrival(), tuple(documents)
        for each in wanted:
            self._waiting.setdefault(each, set()).add(arrival)
        try:
            with self.listeners.one_more():
                yield arrival
        finally:
            for each in wanted:
                self._waiting[each].discard(arrival)
                if not self._waiting[each]:
                    del self._waiting[each]

    def tell(self, documents: Iterable[str]) -> None:
        """Wake who waits for any of these."""
        if self._waiting:
            for each in documents:
                for arrival in self._waiting.get(each, ()):
                    arrival.tell()


def _now() -> float:
    return asyncio.get_running_loop().time()
