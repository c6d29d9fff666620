"""The work on one share of a service's documents: folded and written, judged."""

import gc
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from functools import reduce
from typing import NamedTuple

from contracts.records import Record
from services.chassis.log.log_reader import Offsets, records_between
from services.chassis.projection.fingerprint import digest, fingerprint
from services.chassis.projection.parked import Parked
from services.chassis.projection.target import Subject
from services.chassis.replay.bulk import Bulk
from services.chassis.replay.comparison import Difference
from services.chassis.replay.judging import Case, FullDocument, Print, Tell, first_sight, persisting
from services.chassis.replay.part import Park, Part, Source, in_parts
from services.chassis.replay.share_reading import Reading, Swap
from services.chassis.replay.shares import Asked, Share
from services.chassis.replay.traces import Traces


class Judgement(NamedTuple):
    """What a share's documents come to; `records`, `documents` and `facts` are what the log says of it."""

    records: int
    refused: int
    documents: int
    facts: int
    differences: Sequence[Difference]
    full: Sequence[FullDocument]

    def and_also(self, other: "Judgement") -> "Judgement":
        """Return the two shares together."""
        return Judgement(
            self.records + other.records,
            self.refused + other.refused,
            self.documents + other.documents,
            self.facts + other.facts,
            sorted([*self.differences, *other.differences], key=lambda each: each.order),
            sorted([*self.full, *other.full]),
        )


class ShareWork:
    """Does one step after the other on a share, its facts in at most `room` bytes."""

    def __init__(  # noqa: PLR0913  wired once, by keyword
        self, *, subject: Subject, share: Share, asked: Asked, room: int, tell: Tell, swap: Swap | None = None
    ) -> None:
        self._subject = subject
        self._share = share
        self._asked = asked
        self._room = room
        self._tell = tell
        self._parked = Parked(subject.database)
        self._written: _Written | None = None
        self._reading = Reading(subject.reader, share, swap)

    async def write(self, collection: str, start: Offsets, fence: Offsets) -> None:
        """Write the share's documents into an empty collection; park what is no fact."""
        written: list[_Written] = []

        async def insert(part: Part) -> None:
            bulk = Bulk(self._subject, self._parked, collection, self._tell)
            prints = await bulk.write(part, start, fence)
            written[:] = [_Written(part, fence, prints)] if part.share.codes == self._share.codes else []

        with _collecting_less():
            await self._in_parts(start, fence, insert, self._parked.keep)
        self._written = written[0] if written else None

    async def judge(self, collections: Sequence[str], start: Offsets, fence: Offsets) -> list[Judgement]:
        """Compare the share's documents in each of some generations with the log from `start` to before `fence`."""
        judged: list[list[Judgement]] = [[] for _ in collections]

        async def compare(traces: Traces, share: Share, right: Mapping[str, bytes], print_of: Print) -> None:
            for collection, found in zip(collections, judged, strict=True):
                case = Case(
                    subject=self._subject,
                    collection=collection,
                    traces=traces,
                    start=start,
                    fence=fence,
                    share=share,
                    right=right,
                    print_of=print_of,
                    selection=self._asked.selection,
                )
                found.append(await self._judged(case))

        async def compare_part(part: Part) -> None:
            await compare(part.traces, part.share, part.right(self._subject.derive), fingerprint)

        with _collecting_less():
            if self._written:
                await self._written.reach(fence, self._subject.reader.records)
                await compare(self._written.traces, self._share, self._written.prints, digest)
            else:
                await self._in_parts(start, fence, compare_part)
        return [reduce(Judgement.and_also, each) for each in judged]

    async def _judged(self, case: Case) -> Judgement:
        sight = await first_sight(case, self._tell)
        found = [*sight.missing, *await persisting(case, sight.suspects, self._tell)]
        said = [each for each in case.traces.documents.values() if each.facts]
        facts = sum(len(each.facts) for each in said)
        differences = sorted(found, key=lambda each: each.order)
        return Judgement(case.traces.records, case.traces.refused, len(said), facts, differences, sight.full)

    async def _in_parts(
        self, start: Offsets, fence: Offsets, do: Callable[[Part], Awaitable[None]], park: Park | None = None
    ) -> None:
        source = Source(self._asked, self._room, lambda: self._read(start, fence), park)
        await in_parts(self._share, source, records_between(start, self._reading.own(fence)), do)

    async def _read(self, start: Offsets, fence: Offsets) -> AsyncGenerator[Sequence[Record], None]:
        done, total = 0, records_between(start, self._reading.own(fence))
        async with aclosing(self._reading.records(start, fence)) as batches:
            async for records in batches:
                yield records
                done += len(records)
                self._tell("reading", min(done, total), total)


class _Written:
    """What is known of documents that were written from the log up to a fence, so that nobody need read it again."""

    def __init__(self, part: Part, fence: Offsets, prints: dict[str, bytes]) -> None:
        self.traces = part.traces
        self.prints = prints
        self._share = part.share
        self._fence = fence

    async def reach(self, fence: Offsets, read: Callable[[Offsets, Offsets], AsyncIterator[Sequence[Record]]]) -> None:
        """Take in what the log has said up to a later fence."""
        async for records in read(self._fence, fence):
            self._forget(self.traces.add(records), records)
        self._fence = fence

    def _forget(self, about: Iterable[str], records: Iterable[Record]) -> None:
        """Forget the fingerprints of documents that the log has said more about, or about their rollout."""
        for document in about:
            self.prints.pop(document, None)
        keys = {record.key for record in records if self._share.may_be_a_rollouts(record)}
        for document in [each for each in self.prints if keys and each.partition(":")[0].encode() in keys]:
            del self.prints[document]


@contextmanager
def _collecting_less() -> Iterator[None]:
    """Keep the garbage collector from walking over millions of facts that live long, for the length of the block."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1_000)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
