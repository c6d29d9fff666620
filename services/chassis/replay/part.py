"""A part of a share folded from the log in bounded memory: one that grows too large is cut in two and begun again."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing
from typing import NamedTuple

import bson

from contracts import codec
from contracts.facts import Heard, fact_key
from contracts.records import Record
from contracts.refusals import Refusal
from services.chassis.projection.derivation import Derive
from services.chassis.projection.documents import Union
from services.chassis.projection.fingerprint import fingerprint
from services.chassis.projection.parked import ParkedRecord
from services.chassis.replay.fold import FACT_BYTES, Fold
from services.chassis.replay.shares import EVERYTHING, Asked, Share
from services.chassis.replay.traces import Traces

#: What a fact of usual size takes.
USUAL_BYTES = FACT_BYTES + 460
#: Reads the same part of the log, again with each call.
Read = Callable[[], AsyncGenerator[Sequence[Record], None]]
Park = Callable[[list[ParkedRecord]], Awaitable[None]]


class Source(NamedTuple):
    """What parts are made of: the log, read as `asked`, so that the facts of one take about `room` bytes at most."""

    asked: Asked
    room: int
    read: Read
    park: Park | None = None


class Encoded(NamedTuple):
    """One document as the database keeps it; `derived`: the rules did not fail on it."""

    id: str
    raw: bytes
    full: bool
    derived: bool


class Part:
    """The documents of a share that are wanted, folded; once that is done, their traces instead of their facts."""

    def __init__(self, share: Share, asked: Asked) -> None:
        self.share = share
        self.fold = Fold()
        self.traces = Traces(asked, share)
        self._selection = asked.selection
        self._everything = asked.selection == EVERYTHING

    def add(self, records: Iterable[Record]) -> list[ParkedRecord]:
        """Add what this part needs; returns its own records that are no facts."""
        refused = []
        for record in records:
            if self.share.needs(record):
                read = codec.read(record)
                if not isinstance(read, Refusal):
                    self._hear(record, read)
                elif self.share.owns(record.key):
                    self.traces.refuse(record, read)
                    refused.append(ParkedRecord(record, read))
        return refused

    def _hear(self, record: Record, read: Heard) -> None:
        self.traces.records += self.share.is_of(read.municipality)
        if self._everything or read.municipality is None or self._selection.holds(read.document_id):
            self.fold.add(record, read, fact_key(read.fact))

    def encoded(self, unions: Iterable[Union], derive: Derive) -> list[Encoded]:
        """Return documents as the database keeps them; of their facts only traces stay here."""
        return [self._encoded(each, derive) for each in unions]

    def _encoded(self, union: Union, derive: Derive) -> Encoded:
        document = self.fold.stored(union, derive)
        raw = bson.encode(document)
        self.traces.take(union)
        self.fold.let_go(union)
        return Encoded(union.id, raw, "full" in document, "progress" in document)

    def right(self, derive: Derive) -> dict[str, bytes]:
        """Return the fingerprints that the part's documents must have; call it at the end.

        Of a full document the log does not decide the content.
        """
        every = self.fold.documents.values()
        own = [each for each in every if self.share.holds(each.id) and self._selection.holds(each.id)]
        # Where the rules fail, a closer look says so.
        encoded = (self._encoded(union, derive) for union in own)
        found = ((each.id, fingerprint(each.raw)) for each in encoded if each.derived and not each.full)
        return {name: print_of for name, print_of in found if print_of is not None}


async def in_parts(share: Share, source: Source, facts: int, do: Callable[[Part], Awaitable[None]]) -> None:
    """Fold `share` in as many parts as have to be, and do something with each; only one is held at a time.

    It has about so many `facts`: a good guess saves reading in vain, and a bad one does no harm.
    """
    guess = 1 + facts * USUAL_BYTES // source.room
    left = list(share.rounds(min(guess, max(1, len(share.codes)))))
    while left:
        left += await _done(left.pop(), source, do)


async def _done(share: Share, source: Source, do: Callable[[Part], Awaitable[None]]) -> list[Share]:
    """Fold a share and do it, or return its halves; either way nothing of it is held when the next one is begun."""
    part = await _folded(share, source)
    if not isinstance(part, Part):
        return list(part.rounds(2))
    await do(part)
    return []


async def _folded(share: Share, source: Source) -> Part | Share:
    """Return the part; the share itself where that would pass the room and there are municipalities to divide."""
    part = Part(share, source.asked)
    async with aclosing(source.read()) as batches:
        async for records in batches:
            refused = part.add(records)
            if refused and source.park:
                await source.park(refused)
            if part.fold.bytes > source.room and len(share.codes) > 1:
                return share
    return part
