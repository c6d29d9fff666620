"""What one batch tells about each document, and what of it finds no room there."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from contracts.facts import WHOLE_ROLLOUT, Fact, Heard, document_id, fact_key
from contracts.records import Record
from contracts.refusals import Reason, Refusal
from contracts.topics import partition_name
from services.chassis.projection.documents import FULL_BYTES, FULL_FACTS, Amount, Union, size_of
from services.chassis.projection.parked import ParkedRecord

_NO_FACTS = Amount(0, 0)


class Told(NamedTuple):
    """A record that is a fact, the document that it is about, and the key that the fact has there."""

    record: Record
    heard: Heard
    document: str
    key: str


def told(record: Record, heard: Heard) -> Told:
    """Return what a record tells; its keys are made here, once."""
    return Told(record, heard, document_id(heard.rollout, heard.municipality), fact_key(heard.fact))


def unions(batch: Iterable[Told]) -> list[Union]:
    """Return what a batch adds to each document."""
    found: dict[str, Union] = {}
    for record, (rollout, municipality, fact), document, key in batch:
        union = found.get(document)
        if union is None:
            union = found[document] = Union(document, rollout, municipality or WHOLE_ROLLOUT, {}, {})
        known = union.facts.get(key)
        if known is None or fact.place < known.place:
            union.facts[key] = fact
        name = partition_name(record.topic, record.partition)
        union.positions[name] = max(union.positions.get(name, -1), record.offset)
    return list(found.values())


def brought(batch: Iterable[Told]) -> dict[str, Amount]:
    """Return how much a batch tells about each document, doubles included."""
    amounts: dict[str, Amount] = {}
    for each in batch:
        before = amounts.get(each.document, _NO_FACTS)
        amounts[each.document] = Amount(before.facts + 1, before.bytes + size_of([each.heard.fact]))
    return amounts


def split(batch: Sequence[Told], documents: Mapping[str, Mapping[str, Fact]]) -> tuple[list[Told], list[Told]]:
    """Split off what would overfill a document that holds these facts; one that it holds already is always welcome."""
    held = {name: set(facts) for name, facts in documents.items()}
    sizes = {name: size_of(facts.values()) for name, facts in documents.items()}
    admitted: list[Told] = []
    left_out: list[Told] = []
    for each in batch:
        name = each.document
        if each.key not in held[name]:
            if Amount(len(held[name]), sizes[name]).full:
                left_out.append(each)
                continue
            held[name].add(each.key)
            sizes[name] += size_of([each.heard.fact])
        admitted.append(each)
    return admitted, left_out


def without_room(left_out: Iterable[Told]) -> list[ParkedRecord]:
    """Return what is parked because its document is full."""
    return [ParkedRecord(each.record, too_many(each.document)) for each in left_out]


def too_many(document: str) -> Refusal:
    sentence = (
        f"{document} already holds {FULL_FACTS:,} facts or {FULL_BYTES // 1024**2} MiB, the most one takes; "
        "find out which system sends so many."
    )
    return Refusal(Reason.TOO_MANY_FACTS, sentence, ())
