"""One stored document against what the log says it must hold: each fact, each position, each field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from contracts.facts import Fact, fact_key
from services.chassis.projection.held import Held
from services.chassis.replay.traces import Place, Trace, packed, unpacked


class Kind(StrEnum):
    """In which way a stored document is not what the log says."""

    MISSING_DOCUMENT = "missing_document"
    EXTRA_DOCUMENT = "extra_document"
    MISSING_FACT = "missing_fact"
    EXTRA_FACT = "extra_fact"
    CHANGED_FACT = "changed_fact"
    WRONG_PLACE = "wrong_place"
    WRONG_POSITION = "wrong_position"
    WRONG_FIELD = "wrong_field"
    STALE_PROGRESS = "stale_progress"


class Difference(NamedTuple):
    """One thing that differs; `fact` is the event's id where the document has it, `position` its place on the log."""

    document: str
    kind: Kind
    detail: str
    fact: str | None = None
    position: str | None = None

    @property
    def order(self) -> tuple[str, str, str]:
        return self[:3]


@dataclass(frozen=True)
class Bounds:
    """What was read of the log: from `start` to before `fence`; it ends at `end`. Offsets by partition name."""

    start: Mapping[str, int]
    fence: Mapping[str, int]
    end: Mapping[str, int]

    def unread(self, partition: str, offset: Any) -> bool:
        """Whether the log has, or once had, this place, and it was not read."""
        if not isinstance(offset, int) or offset < 0:
            return False
        deleted = offset < self.start.get(partition, 0)
        return deleted or self.fence.get(partition, 0) <= offset < self.end.get(partition, 0)


def compare(document: str, held: Held | None, trace: Trace, bounds: Bounds, stale: Sequence[str]) -> list[Difference]:
    """Return everything in which the document differs; `stale` says in what its view does."""
    if held is None:
        return [missing(document, trace)] if trace.facts else []
    if not _has_reason(held, trace, bounds):
        return [Difference(document, Kind.EXTRA_DOCUMENT, "the log says nothing about it")]
    return [
        *_of_entries(held, trace, bounds),
        *_of_missing(held, trace),
        *_of_positions(held, trace, bounds),
        *(Difference(document, Kind.WRONG_FIELD, detail) for detail in _of_fields(held)),
        *(Difference(document, Kind.STALE_PROGRESS, detail) for detail in stale),
    ]


def missing(document: str, trace: Trace) -> Difference:
    """Return the difference that a document of which the log says facts is not there."""
    return Difference(document, Kind.MISSING_DOCUMENT, f"{len(trace.facts)} facts of it are on the log")


def _has_reason(held: Held, trace: Trace, bounds: Bounds) -> bool:
    """Whether the log says something about this document, or may where it was not read, or a redrive did."""
    redriven = any(key.hex() in held.entries for key in trace.redrivable)
    return bool(trace.facts) or redriven or any(bounds.unread(*each) for each in held.positions.items())


def _of_entries(held: Held, trace: Trace, bounds: Bounds) -> Iterator[Difference]:
    for key in held.entries:
        fact = held.facts.get(key)
        if fact is None:
            yield Difference(held.id, Kind.CHANGED_FACT, f"what stands under {key} has not the form of a fact")
        elif fact_key(fact) != key:
            detail = f"the content under {key} is not the one that this is the hash of"
            yield Difference(held.id, Kind.CHANGED_FACT, detail, fact.id, str(Place(*fact.place)))
        else:
            yield from _of_place(held.id, fact, trace.said(bytes.fromhex(key)), bounds)


def _of_place(document: str, fact: Fact, said: bytes | None, bounds: Bounds) -> Iterator[Difference]:
    if said == packed(fact):
        return
    where = Place(*fact.place)
    if said is None:
        if not bounds.unread(where.partition_name, where.offset):
            yield Difference(document, Kind.EXTRA_FACT, f"{where} does not say it", fact.id, str(where))
    else:
        first = unpacked(said)
        detail = f"said first by {first} at {first.recorded}, not by {where} at {where.recorded}"
        yield Difference(document, Kind.WRONG_PLACE, detail, fact.id, str(first))


def _of_missing(held: Held, trace: Trace) -> Iterator[Difference]:
    if held.full:
        return  # which facts came first is not the log's to say; what was left out is parked
    for key, place in trace.facts.items():
        if key.hex() not in held.entries:
            where = str(unpacked(place))
            yield Difference(held.id, Kind.MISSING_FACT, f"{where} says a fact that is not there", None, where)


def _of_positions(held: Held, trace: Trace, bounds: Bounds) -> Iterator[Difference]:
    if held.full:
        return  # what was left out moved no position
    due = _positions_due(held, trace)
    for name in sorted(held.positions.keys() | due.keys()):
        offset, wanted = held.positions.get(name), due.get(name)
        if offset != wanted and not bounds.unread(name, offset):
            yield Difference(held.id, Kind.WRONG_POSITION, f"{name} is at {offset!r}, not at {wanted}")


def _positions_due(held: Held, trace: Trace) -> dict[str, int]:
    """Return the highest offset that was applied, those of facts that somebody redrove among them."""
    due = dict(trace.positions)
    for key, place in trace.redrivable.items():
        if key.hex() in held.entries:
            where = unpacked(place)
            due[where.partition_name] = max(due.get(where.partition_name, -1), where.offset)
    return due


def _of_fields(held: Held) -> Iterator[str]:
    rollout, _, municipality = held.id.partition(":")
    for name, wanted in (("rollout", rollout), ("municipality", municipality)):
        if held.stored.get(name) != wanted:
            yield f"{name} is {held.stored.get(name)!r}, not {wanted!r}"
    if bool(held.stored.get("full")) != held.full:
        yield f"full is {held.stored.get('full', False)!r}, which its facts do not bear out"
