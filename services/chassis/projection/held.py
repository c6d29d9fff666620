"""A document as MongoDB holds it, whatever has happened to it: read without trusting any of its fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import bson
from bson.int64 import Int64

from contracts.facts import WHOLE_ROLLOUT, Fact
from services.chassis.projection.documents import Amount, size_of
from services.chassis.projection.fingerprint import name_of
from services.chassis.projection.stored import OWED


@dataclass(frozen=True)
class Held:
    """One stored document; `facts` are those that have the form of one, by the key under which they stand."""

    raw: bytes

    @cached_property
    def id(self) -> str:
        """The document's `_id`, as text where it is none."""
        name = name_of(self.raw)
        return str(self.stored["_id"]) if name is None else name

    @cached_property
    def stored(self) -> Mapping[str, Any]:
        return bson.decode(self.raw)

    @property
    def entries(self) -> Mapping[str, Any]:
        """Everything that stands where facts should."""
        return _mapping(self.stored.get("facts"))

    @property
    def positions(self) -> Mapping[str, Any]:
        return _mapping(self.stored.get("positions"))

    @property
    def progress(self) -> Mapping[str, Any] | None:
        found = self.stored.get("progress")
        return found if isinstance(found, Mapping) else None

    @property
    def owed(self) -> bool:
        """Whether its view is to be made yet of facts that it holds."""
        return self.stored.get(OWED) is True

    @property
    def rollout(self) -> str:
        return self.id.partition(":")[0]

    @property
    def whole_rollout(self) -> bool:
        return self.id.partition(":")[2] == WHOLE_ROLLOUT

    @cached_property
    def facts(self) -> dict[str, Fact]:
        found = ((key, _fact(entry)) for key, entry in self.entries.items())
        return {key: fact for key, fact in found if fact is not None}

    @cached_property
    def full(self) -> bool:
        """Whether it takes no more."""
        return Amount(len(self.facts), size_of(self.facts.values())).full


def _mapping(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, Mapping) else {}


def _fact(entry: Any) -> Fact | None:
    """Return a stored fact; None where a field is missing, additional, out of order or of another type."""
    if not isinstance(entry, Mapping) or tuple(entry) != Fact._fields:
        return None
    values = tuple(entry.values())
    kinds = tuple(map(type, values))
    return Fact._make(values) if kinds == _USUAL or all(map(_fits, kinds, _KINDS)) else None


def _fits(found: type, kind: type) -> bool:
    return issubclass(found, kind) and found is not bool


_KINDS = tuple(Fact.__annotations__.values())
#: How MongoDB gives facts back: the time in milliseconds needs 64 bits.
_USUAL = (Int64, *_KINDS[1:])
