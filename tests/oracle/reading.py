"""A fact as the oracle reads it from a plain dict: instants cut to microseconds, numbers compared by value."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

Place = tuple[int, str, int, int]

#: "® = about the whole rollout" (events.md); FactRetracted is about whichever document its target is in.
ABOUT_THE_ROLLOUT = frozenset(
    {
        "AgreementBatchDispatched",
        "GuidancePublished",
        "WebinarScheduled",
        "WebinarRescheduled",
        "WebinarCancelled",
        "WebinarRecordingPublished",
        "TaskCardPublished",
    }
)


class Told(NamedTuple):
    """One telling of a fact: `place` is where on the log, `order` is earlier and later in the world."""

    place: Place
    source: str
    id: str
    type: str
    subject: str
    instant: str
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """`dk.klarmeld.<Name>.v<N>`."""
        return self.type.split(".")[2]

    @property
    def topic(self) -> str:
        return self.place[1]

    @property
    def identity(self) -> tuple[str, str]:
        """Identity is (source, id) within one document."""
        return self.source, self.id

    @property
    def content(self) -> tuple[str, str, str, str]:
        """Content is equal when type, subject, the instant of `time` and `data` as a JSON value are equal."""
        return self.type, self.subject, self.instant, canonical(self.data)

    @property
    def order(self) -> tuple[str, str, str]:
        """Earlier / later compare `time` as an instant (cut to microseconds), then `id`, then `source`."""
        return self.instant, self.id, self.source


def told(plain: Mapping[str, Any]) -> Told:
    """Read one plain dict: recorded, topic, partition, offset, source, id, type, subject, time, data."""
    return Told(
        (plain["recorded"], plain["topic"], plain["partition"], plain["offset"]),
        plain["source"],
        plain["id"],
        plain["type"],
        plain["subject"],
        instant(plain["time"]),
        plain["data"],
    )


def named(facts: Iterable[Told], *names: str) -> list[Told]:
    """The facts with one of these names, earliest first."""
    return sorted((fact for fact in facts if fact.name in names), key=lambda fact: fact.order)


def earliest(facts: Iterable[Told]) -> Told | None:
    return min(facts, key=lambda fact: fact.order, default=None)


def latest(facts: Iterable[Told]) -> Told | None:
    return max(facts, key=lambda fact: fact.order, default=None)


def ids(facts: Iterable[Told]) -> frozenset[str]:
    return frozenset(fact.id for fact in facts)


def instant(text: str) -> str:
    """RFC 3339 as UTC of fixed width, cut to microseconds: text order is then the order in time."""
    whole, sign, offset = _split_offset(text.upper())
    seconds, _, fraction = whole.partition(".")
    local = datetime.strptime(seconds, "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    hours, minutes = (int(part) for part in offset.split(":"))
    utc = local - sign * timedelta(hours=hours, minutes=minutes)
    return f"{utc.replace(tzinfo=None).isoformat()}.{fraction[:6]:0<6}Z"


def _split_offset(text: str) -> tuple[str, int, str]:
    if text.endswith("Z"):
        return text[:-1], 1, "00:00"
    return text[:-6], -1 if text[-6] == "-" else 1, text[-5:]


def shown(moment: str | None) -> str | None:
    """An instant as the view shows it: no fraction where there is none to show."""
    return moment.replace(".000000Z", "Z") if moment else None


def canonical(value: Any) -> str:
    """A JSON value as text that is equal for equal values: keys sorted, numbers by value, true is not 1."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ",".join(canonical(each) for each in value) + "]"
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _number(Decimal(repr(value)) if isinstance(value, float) else Decimal(value))
    return json.dumps(value)


def _number(value: Decimal) -> str:
    sign, digits, exponent = value.as_tuple()
    bare = "".join(str(digit) for digit in digits).lstrip("0")
    if not bare:
        return "0"
    stripped = bare.rstrip("0")
    return f"{'-' if sign else ''}{stripped}E{int(exponent) + len(bare) - len(stripped)}"
