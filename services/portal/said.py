"""A text that is still to be put into a language: its key, and its values with what they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple


class Day(NamedTuple):
    """An instant, of which the day is said."""

    instant: str | None


class Time(NamedTuple):
    """An instant, of which the time of day is said."""

    instant: str | None


class Moment(NamedTuple):
    """An instant, said whole."""

    instant: str | None


class OnDay(NamedTuple):
    """A day of the calendar, which is no instant."""

    date: str | None


class Roles(NamedTuple):
    """Roles, said as a sentence lists them."""

    roles: tuple[str, ...]


class Delay(NamedTuple):
    """Seconds, said in days, hours or minutes."""

    seconds: float


class Worded(NamedTuple):
    """Another text of the catalogue."""

    key: str


Value = str | int | Day | Time | Moment | OnDay | Roles | Delay | Worded
_NOTHING: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True)
class Said:
    """A key of the catalogue with the values of its places."""

    key: str
    values: Mapping[str, Value] = field(default_factory=lambda: _NOTHING)


def said(key: str, **values: Value) -> Said:
    """Return a text with its values."""
    return Said(key, values)
