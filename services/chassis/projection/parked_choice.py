"""Which parked records are meant: by place, reason, type, state or id, as a query of the database."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from contracts.topics import TOPIC_PREFIX, partition_name


class State(StrEnum):
    """What became of a record that was set aside; it is kept in each of them."""

    PARKED = "parked"
    REDRIVEN = "redriven"
    DISCARDED = "discarded"


#: What can still be redriven.
OPEN = (State.PARKED, State.DISCARDED)


class Choice(NamedTuple):
    """Which parked records are asked for; what is None does not narrow. `ids` are places, e.g. agreements-3-1042."""

    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    reason: str | None = None
    type: str | None = None
    ids: Sequence[str] | None = None
    states: Sequence[State] = (State.PARKED,)

    @property
    def query(self) -> dict[str, Any]:
        exact = {name: getattr(self, name) for name in ("topic", "partition", "offset", "reason", "type")}
        query = {name: value for name, value in exact.items() if value is not None}
        if self.ids is not None:
            query["_id"] = {"$in": [stored_id(each) for each in self.ids]}
        # One parked before states were known has none.
        states = [*map(str, self.states), *([None] if State.PARKED in self.states else [])]
        return {**query, "state": {"$in": states}}


def id_of(stored: Mapping[str, Any]) -> str:
    """Return the place of a stored record as people write it, e.g. `agreements-3-1042`."""
    return f"{partition_name(stored['topic'], stored['partition'])}-{stored['offset']}"


def stored_id(place: str) -> str:
    """Return a record's id in the database, from its place with or without the topic's prefix."""
    return place if place.startswith(TOPIC_PREFIX) else TOPIC_PREFIX + place
