"""The history: one sentence for each fact, with who said it, whether it came late, and what is odd about it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from contracts.names import EventName, name_of
from services.portal.catalogue import has_text
from services.portal.said import Delay, Moment, Roles, Said, Value, Worded, said

Data = Mapping[str, Any]
#: A fact that the log took more than so many seconds after it happened came late.
LATE_S = 3_600
ROUTINE = frozenset({EventName.NotificationSent, EventName.NotificationSuppressed})


class Line(NamedTuple):
    """One fact: what it says, when, who sent it in which role, and what there is to know about it."""

    id: str
    sentence: Said
    time: str
    recorded: str
    sender: str
    role: str | None
    icon: str
    late: Said | None
    counts: bool
    odd: Sequence[str]


def lines(items: Sequence[Data], anomalies: Sequence[Data]) -> Sequence[Line]:
    """Return a line for each fact, in the order given; `anomalies` are those of the view."""
    odd: dict[str, list[str]] = {}
    for anomaly in anomalies:
        for fact_id in anomaly["facts"]:
            odd.setdefault(fact_id, []).append(f"anomaly.{anomaly['code']}")
    return [_line(item, [key for key in odd.get(item["id"], ()) if has_text(key)]) for item in items]


def is_routine(fact: Data) -> bool:
    """Whether a fact only tells that a message was sent, or was not to be: those have a page of their own."""
    return _named(fact["type"]) in ROUTINE


def sentence(event_type: str, data: Data) -> Said:
    """Return what a fact says; of an event that came to be after this portal, its name."""
    name = _named(event_type)
    if name is None:
        return said("event.unknown", name=event_type)
    values = _VALUES.get(name, _none)(data)
    return Said(f"event.{name.value}", values)


def sender(fact: Data) -> str:
    """Return the key of who sent a fact: EG's systems, the coordinator, the municipality itself, or the services."""
    source = fact["source"]
    if source.startswith("/eg/"):
        return "source.eg"
    if _named(fact["type"]) is EventName.TaskCardPublished:
        return "source.coordinator"
    return "source.tasks" if source == "/klarmeld/tasks" else "source.klarmeld"


def _named(event_type: str) -> EventName | None:
    try:
        return name_of(event_type)
    except ValueError:
        return None


def _line(item: Data, odd: Sequence[str]) -> Line:
    data = item.get("data") or {}
    delay = (_instant(item["recorded"]) - _instant(item["time"])).total_seconds()
    role = data.get("by_role") or data.get("signed_by_role")
    return Line(
        id=str(item["id"]),
        sentence=sentence(item["type"], data),
        time=item["time"],
        recorded=item["recorded"],
        sender=sender(item),
        role=str(role) if role and has_text(f"role.{role}") else None,
        icon=_icon(item["type"]),
        late=said("event.late", delay=Delay(delay)) if delay > LATE_S else None,
        counts=bool(item.get("counts", True)),
        odd=odd,
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _none(_data: Data) -> Mapping[str, Value]:
    return {}


def _fields(*names: str) -> Callable[[Data], Mapping[str, Value]]:
    return lambda data: {name: _plain(data.get(name, "–")) for name in names}


def _plain(value: object) -> str | int:
    return value if isinstance(value, int) else str(value)


def _role(data: Data) -> Mapping[str, Value]:
    role, reason = str(data.get("role")), str(data.get("reason", "–"))
    named = Roles((role,)) if has_text(f"role.{role}") else "–"
    return {"role": named, "reason": Worded(f"suppressed.{reason}") if has_text(f"suppressed.{reason}") else reason}


def _who(data: Data) -> Mapping[str, Value]:
    """Return the role as it begins a sentence."""
    key = f"role.{data.get('role')}"
    return {"role": Worded(key) if has_text(key) else "–"}


def _answer(data: Data) -> Value:
    key = f"answer.{data.get('partstat')}"
    return Worded(key) if has_text(key) else "–"


def _starts(data: Data) -> Mapping[str, Value]:
    return {"date": Moment(data.get("starts_at"))}


_VALUES: Mapping[EventName, Callable[[Data], Mapping[str, Value]]] = {
    EventName.StakeholderOriented: _who,
    EventName.AgreementBatchDispatched: _fields("count"),
    EventName.GuidancePublished: _fields("version"),
    EventName.GuidanceAcknowledged: _fields("version"),
    EventName.WebinarScheduled: _starts,
    EventName.WebinarRescheduled: _starts,
    EventName.WebinarResponded: lambda data: {"answer": _answer(data)},
    EventName.WebinarAttended: lambda data: {"count": str(data.get("attendees", "–"))},
    EventName.ForwardingConfigured: lambda data: {"count": len(data.get("rules", ()))},
    EventName.LocalItemAdded: _fields("text"),
    EventName.LocalItemClosed: _fields("text"),
    EventName.NotificationSent: _role,
    EventName.NotificationFailed: _role,
    EventName.NotificationSuppressed: _role,
    EventName.FactRetracted: _fields("reason"),
}
_ICONS = (
    ("Forwarding", "settings"),
    ("Agreement", "edit"),
    ("Guidance", "document"),
    ("Webinar", "calendar-month"),
    ("Stakeholder", "how-to-reg"),
    ("Municipality", "business"),
    ("Notification", "email"),
    ("Task", "assignment"),
    ("Local", "list-check"),
)


def _icon(event_type: str) -> str:
    name = event_type.removeprefix("dk.klarmeld.")
    return next((icon for prefix, icon in _ICONS if name.startswith(prefix)), "info")
