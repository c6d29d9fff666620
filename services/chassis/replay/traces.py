"""What the log says each document must hold, as digests and places: a twentieth of the memory of the facts."""

from collections.abc import Iterable
from struct import Struct, error
from typing import NamedTuple

from contracts import codec
from contracts.facts import Fact, Heard, fact_key
from contracts.records import Record
from contracts.refusals import Reason, Refusal
from contracts.topics import Topic, partition_name
from services.chassis.projection.documents import Union
from services.chassis.replay.shares import WHOLE, Asked, Share

#: A fact's key and its place, each packed; packed places compare like places.
Facts = dict[bytes, bytes]

_TOPICS = sorted(Topic)
_RANK = {str(topic): rank for rank, topic in enumerate(_TOPICS)}
_PLACE = Struct(">QBHQ")


class Place(NamedTuple):
    """Where the log says a fact."""

    recorded: int
    topic: str
    partition: int
    offset: int

    @property
    def partition_name(self) -> str:
        return partition_name(self.topic, self.partition)

    def __str__(self) -> str:
        return f"{self.partition_name}-{self.offset}"


class Trace(NamedTuple):
    """One document: its facts at their first places, the highest offset by partition, and what a redrive may add."""

    facts: Facts
    positions: dict[str, int]
    redrivable: Facts

    def said(self, key: bytes) -> bytes | None:
        """Return the packed place at which the log first says a fact; None where it does not."""
        return self.facts.get(key) or self.redrivable.get(key)


#: Of a document of which the log says nothing.
NO_TRACE = Trace({}, {}, {})


class Traces:
    """The traces of the documents of one share that are wanted, and how many records said nothing."""

    def __init__(self, asked: Asked, share: Share = WHOLE) -> None:
        self.documents: dict[str, Trace] = {}
        self.records = 0
        self.refused = 0
        self._asked = asked
        self._share = share

    def add(self, records: Iterable[Record]) -> set[str]:
        """Add records, any number of times, in any order; returns the documents that they are about."""
        about = set()
        for record in records:
            if self._share.needs(record):
                read = codec.read(record)
                if not isinstance(read, Refusal):
                    about |= self._hear(read)
                elif self._share.owns(record.key):
                    self.refuse(record, read)
        return about

    def take(self, union: Union) -> None:
        """Add what has been folded of a document; its records have been counted."""
        trace = self._of(union.id)
        if trace.facts:
            for key, fact in union.facts.items():
                _note(trace.facts, fact, key)
        else:
            trace.facts.update({bytes.fromhex(key): packed(fact) for key, fact in union.facts.items()})
        for name, offset in union.positions.items():
            trace.positions[name] = max(offset, trace.positions.get(name, -1))

    def _hear(self, heard: Heard) -> set[str]:
        if not self._share.is_of(heard.municipality):
            return set()
        self.records += 1
        if self._asked.selection.holds(heard.document_id):
            self._note(heard, fact_key(heard.fact))
        return {heard.document_id}

    def refuse(self, record: Record, refusal: Refusal) -> None:
        """Add an own record that is no fact."""
        self.records += 1
        self.refused += 1
        if refusal.reason is Reason.FUTURE_TIME:
            self._may_be_redriven(record)

    def _note(self, heard: Heard, key: str) -> None:
        trace = self._of(heard.document_id)
        _note(trace.facts, heard.fact, key)
        name = partition_name(heard.fact.topic, heard.fact.partition)
        if heard.fact.offset > trace.positions.get(name, -1):
            trace.positions[name] = heard.fact.offset

    def _may_be_redriven(self, record: Record) -> None:
        """Note a fact that lay in the future when it was recorded: it counts if somebody redrove it since."""
        read = codec.read(record, judged_at=self._asked.now_ms)
        if not isinstance(read, Refusal) and self._asked.selection.holds(read.document_id):
            _note(self._of(read.document_id).redrivable, read.fact, fact_key(read.fact))

    def _of(self, document: str) -> Trace:
        found = self.documents.get(document)
        if found is None:
            found = self.documents[document] = Trace({}, {}, {})
        return found


def _note(facts: Facts, fact: Fact, address: str) -> None:
    key = bytes.fromhex(address)
    place = packed(fact)
    known = facts.get(key)
    if known is None or place < known:
        facts[key] = place


def packed(fact: Fact) -> bytes:
    """Return a fact's place; nothing for one that no log has."""
    try:
        return _PLACE.pack(fact.recorded, _RANK[fact.topic], fact.partition, fact.offset)
    except (KeyError, error):
        return b""


def unpacked(place: bytes) -> Place:
    recorded, rank, partition, offset = _PLACE.unpack(place)
    return Place(recorded, _TOPICS[rank], partition, offset)
