"""The log folded in memory into whole documents, as they will be stored."""

from collections.abc import Collection
from sys import getsizeof
from typing import Any

from contracts.facts import WHOLE_ROLLOUT, Fact, Heard, document_id
from contracts.records import Record
from contracts.topics import partition_name
from services.chassis.projection.derivation import NO_ROLLOUT, Derive, Whole, derived, derived_of_rollout
from services.chassis.projection.documents import FEWEST_FULL, Amount, Union, size_of
from services.chassis.projection.stored import fullness_of

#: What a fact takes in memory besides its body, with its key: measured, as what a process holds more for each of them.
FACT_BYTES = 530


class Fold:
    """Documents as unions of what was told so far; `bytes` is about how much memory they take."""

    def __init__(self) -> None:
        self.documents: dict[str, Union] = {}
        self.bytes = 0
        self._wholes: dict[str, Whole] = {}

    def add(self, record: Record, heard: Heard, key: str) -> None:
        """Add one telling of the fact with this key; any number of times, in any order."""
        rollout, municipality, fact = heard
        document = heard.document_id
        union = self.documents.get(document)
        if union is None:
            union = self.documents[document] = Union(document, rollout, municipality or WHOLE_ROLLOUT, {}, {})
        known = union.facts.get(key)
        if known is None:
            self.bytes += FACT_BYTES + getsizeof(fact.body)
        if known is None or fact.place < known.place:
            union.facts[key] = fact
        note_position(union.positions, record)

    def stored(self, union: Union, derive: Derive) -> dict[str, Any]:
        """Return a document as the database keeps it; call it when everything has been added."""
        facts = list(union.facts.values())
        progress = self._progress(union, facts, derive)
        return {
            "_id": union.id,
            "rollout": union.rollout,
            "municipality": union.municipality,
            "facts": {key: fact.stored for key, fact in union.facts.items()},
            "positions": union.positions,
            **({"progress": progress} if progress else {}),
            **fullness_of(progress or {"held": len(facts), "bytes": size_of(facts)}),
        }

    def let_go(self, union: Union) -> None:
        """Forget a stored document's facts, unless others are derived with them."""
        if union.municipality != WHOLE_ROLLOUT:
            union.facts.clear()

    def _progress(self, union: Union, facts: list[Fact], derive: Derive) -> dict[str, Any] | None:
        if union.municipality == WHOLE_ROLLOUT:
            return derived_of_rollout(facts)
        try:
            return derived(facts, self._whole(union.rollout), derive)
        except Exception:  # noqa: BLE001  the facts are safe, and the view is missing as it would be after a live batch
            return None

    def _whole(self, rollout: str) -> Whole:
        found = self._wholes.get(rollout)
        if found is None:
            own = self.documents.get(document_id(rollout, None))
            found = self._wholes[rollout] = Whole(list(own.facts.values())) if own else NO_ROLLOUT
        return found


def note_position(positions: dict[str, int], record: Record) -> None:
    """Move a position on to a record, if it is not further on already."""
    name = partition_name(record.topic, record.partition)
    if record.offset > positions.get(name, -1):
        positions[name] = record.offset


def without_room(union: Union, preferred: Collection[str]) -> set[str]:
    """Return the keys of the facts that find no room: `preferred` ones come first, then those first on the log."""
    if len(union.facts) < FEWEST_FULL or not Amount(len(union.facts), size_of(union.facts.values())).full:
        return set()
    held, size, left = 0, 0, set()
    for key, fact in sorted(union.facts.items(), key=lambda each: (each[0] not in preferred, each[1].place)):
        if Amount(held, size).full:
            left.add(key)
        else:
            held, size = held + 1, size + size_of([fact])
    return left
