"""The work on one share of a service's documents: traced, folded and written, judged."""

import gc
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from contracts import codec
from contracts.facts import fact_key
from contracts.records import Record
from contracts.refusals import Refusal
from services.chassis.bulk import Bulk
from services.chassis.comparison import Difference
from services.chassis.fold import Fold
from services.chassis.judging import Case, FullDocument, Tell, first_sight, persisting
from services.chassis.log_reader import Offsets, records_between
from services.chassis.parked import Parked, ParkedRecord
from services.chassis.shares import Asked, Share
from services.chassis.target import Subject
from services.chassis.traces import Traces


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
    """Holds the traces of one share from one step to the next."""

    def __init__(self, subject: Subject, share: Share, asked: Asked, tell: Tell) -> None:
        self._subject = subject
        self._share = share
        self._asked = asked
        self._tell = tell
        self._traces = Traces(asked, share)
        self._parked = Parked(subject.database)
        self._written: dict[str, bytes] = {}

    async def trace(self, start: Offsets, fence: Offsets) -> None:
        """Add the log from `start` to before `fence` to the traces."""
        with _collecting_less():
            async for records in self._read(start, fence):
                self._forget(self._traces.add(records), records)

    async def write(self, collection: str, start: Offsets, fence: Offsets, rounds: int) -> None:
        """Write the share's documents into an empty collection, in so many rounds; park what is no fact."""
        with _collecting_less():
            for part in self._share.rounds(rounds):
                fold = Fold()
                async for records in self._read(start, fence):
                    refused = list(self._fold(fold, part, records))
                    if refused:
                        await self._parked.keep(refused)
                bulk = Bulk(self._subject, self._parked, collection, self._tell)
                self._written |= await bulk.write(fold, part, start, fence)

    async def judge(self, collection: str, start: Offsets, fence: Offsets) -> Judgement:
        """Compare the share's documents in a generation with its traces, which reach from `start` to `fence`."""
        traces = self._traces
        case = Case(
            subject=self._subject,
            collection=collection,
            traces=traces,
            start=start,
            fence=fence,
            share=self._share,
            right=self._written,
            selection=self._asked.selection,
        )
        with _collecting_less():
            sight = await first_sight(case, self._tell)
            differences = await persisting(case, sight.suspects, self._tell)
        said = [each for each in traces.documents.values() if each.facts]
        facts = sum(len(each.facts) for each in said)
        return Judgement(traces.records, traces.refused, len(said), facts, differences, sight.full)

    async def _read(self, start: Offsets, fence: Offsets) -> AsyncIterator[Sequence[Record]]:
        done, total = 0, records_between(start, fence)
        async for records in self._subject.reader.records(start, fence):
            yield records
            done += len(records)
            self._tell("reading", done // self._share.of, total // self._share.of)

    def _fold(self, fold: Fold, part: Share, records: Sequence[Record]) -> Iterator[ParkedRecord]:
        """Fold what this part needs; yields its records that are no facts."""
        for record in records:
            if not part.needs(record.key):
                continue
            read = codec.read(record)
            own = part.owns(record.key)
            if isinstance(read, Refusal):
                if own:
                    self._traces.hear(record, read)
                    yield ParkedRecord(record, read)
                continue
            key = self._traces.hear(record, read) if own else fact_key(read.fact)
            fold.add(record, read, key or "")

    def _forget(self, about: Iterable[str], records: Iterable[Record]) -> None:
        """Forget the fingerprints of documents that the log has said more about, or about their rollout."""
        for document in about:
            self._written.pop(document, None)
        keys = {record.key for record in records if not self._share.is_municipality(record.key)}
        for document in [each for each in self._written if keys and each.partition(":")[0].encode() in keys]:
            del self._written[document]


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
