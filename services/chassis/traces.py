"""What the log says each document must hold, as digests and places: a twentieth of the memory of the facts."""

from collections.abc import Callable, Iterable
from struct import Struct, error
from typing import NamedTuple

from contracts import codec
from contracts.facts import Fact, Heard, fact_key
from contracts.records import Record
from contracts.refusals import Reason, Refusal
from contracts.topics import Topic, partition_name

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


class Traces:
    """The traces of all wanted documents, and the places of the records that are no facts."""

    def __init__(self, *, now_ms: int, wanted: Callable[[str], bool] = lambda _document: True) -> None:
        self.documents: dict[str, Trace] = {}
        self.refused = 0
        self.records = 0
        self._now_ms = now_ms
        self._wanted = wanted

    def add(self, records: Iterable[Record]) -> None:
        """Add records; any number of times, in any order."""
        for record in records:
            self.hear(record, codec.read(record))

    def hear(self, record: Record, read: Heard | Refusal) -> None:
        """Add what a record was read as."""
        self.records += 1
        if isinstance(read, Refusal):
            self.refused += 1
            if read.reason is Reason.FUTURE_TIME:
                self._may_be_redriven(record)
        elif self._wanted(read.document_id):
            trace = self.of(read.document_id)
            _note(trace.facts, read.fact)
            name = partition_name(record.topic, record.partition)
            trace.positions[name] = max(trace.positions.get(name, -1), record.offset)

    def of(self, document: str) -> Trace:
        """Return the trace of a document; an empty one where the log says nothing of it."""
        return self.documents.setdefault(document, Trace({}, {}, {}))

    def _may_be_redriven(self, record: Record) -> None:
        """Note a fact that lay in the future when it was recorded: it counts if somebody redrove it since."""
        read = codec.read(record, judged_at=self._now_ms)
        if not isinstance(read, Refusal) and self._wanted(read.document_id):
            _note(self.of(read.document_id).redrivable, read.fact)


def _note(facts: Facts, fact: Fact) -> None:
    key = bytes.fromhex(fact_key(fact))
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
