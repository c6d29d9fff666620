"""What a share reads of the log: where its facts usually stand, and what others have found of it elsewhere."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from typing import Final

from contracts.records import KafkaRecord, Record
from services.chassis.log.log_reader import LogReader, Offsets
from services.chassis.replay.shares import Share

#: So many records that may be another share's are handed over; where there are more, each share reads everything.
MOST_STRAYS: Final = 10_000
Strays = Sequence[KafkaRecord] | None
#: Gives others what may be theirs, and returns what they give once all have come so far; None: too much for that.
Swap = Callable[[Strays], Awaitable[Strays]]


class Reading:
    """One share's way through the log, again as often as it is asked for; without `swap` there are no other shares.

    A client may put a municipality's facts into any partition, and a rollout's own facts concern every share. So the
    first who has read its partitions to the end waits for the others: each hands over what it met and is not, or not
    surely, its own alone. What others hand over stays here, for reading again.
    """

    def __init__(self, reader: LogReader, share: Share, swap: Swap | None) -> None:
        self._reader = reader
        self._share = share
        self._swap = swap
        self._fence: Offsets | None = None
        self._handed: Strays = None

    def own(self, offsets: Offsets) -> Offsets:
        """Return the places in the partitions that are this share's."""
        return {each: offset for each, offset in offsets.items() if not self._swap or self._share.reads(each.partition)}

    async def records(self, start: Offsets, fence: Offsets) -> AsyncGenerator[Sequence[Record], None]:
        """Yield what may be this share's from `start` to before `fence`, and more; every share begins with the same."""
        met: list[KafkaRecord] = []
        own = self.own(fence)
        async for records in self._reader.records(start, own):
            if self._fence is None and self._swap and len(met) <= MOST_STRAYS:
                met += (_plain(each) for each in records if not self._share.alone_needs(each))
            yield records
        if not self._swap:
            return
        if self._fence is None:
            self._handed = await self._swap(met if len(met) <= MOST_STRAYS else None)
            self._fence = fence
        if self._handed is not None:
            yield self._handed
        reached = start if self._handed is None else self._fence
        async for records in self._reader.records(reached, _others(fence, own)):
            yield records


class HandingOver:
    """Lets each of several have what the others met, once all of them have met it."""

    def __init__(self, parties: int) -> None:
        self._parties = parties
        self._met: dict[int, Strays] = {}
        self._all = asyncio.Event()

    def of(self, index: int) -> Swap:
        async def swap(strays: Strays) -> Strays:
            self._met[index] = strays
            if len(self._met) == self._parties:
                self._all.set()
            await self._all.wait()
            return _together(met for other, met in self._met.items() if other != index)

        return swap


def _others(fence: Offsets, own: Offsets) -> Offsets:
    return {each: end for each, end in fence.items() if each not in own}


def _plain(record: Record) -> KafkaRecord:
    """Return a record as another process can be given it."""
    return KafkaRecord(
        record.topic, record.partition, record.offset, record.timestamp, record.key, record.value, list(record.headers)
    )


def _together(strays: Iterable[Strays]) -> Strays:
    """Return what several hand over, as one."""
    found: list[KafkaRecord] = []
    for each in strays:
        if each is None:
            return None
        found += each
    return found
