"""What became of a notice as facts, and back: the same entry always tells the same facts."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any

from contracts.codec import NewEvent
from contracts.events import NotificationFailed, NotificationSent, NotificationSuppressed, WebinarInvited
from contracts.facts import Fact
from contracts.instants import from_milliseconds, to_milliseconds
from contracts.names import EventName
from contracts.roles import Role, SupplierRole
from contracts.topics import OWN_SOURCES, Topic
from services.chassis.outward.ledger_entry import About, Entry, Fate
from services.notifications.notice import Notice, Template, key

#: By which channel a role hears, and by which the supplier side's function mailbox.
MAIL, SUPPLIER_MAIL = "mail", "supplier_mail"
SOURCE = OWN_SOURCES[Topic.NOTIFICATIONS]
#: Whom an agreement concerns that the supplier side hears of: a fact's role is one of the municipality's.
CONCERNED = Role.AFTALEADMINISTRATOR
STATES = {
    EventName.NotificationSent: Fate.SENT,
    EventName.NotificationFailed: Fate.FAILED,
    EventName.NotificationSuppressed: Fate.SUPPRESSED,
}


def about(notice: Notice) -> About:
    """Return what the ledger keeps of a notice."""
    return About(key(notice), *map(str, notice[:6]))


def events_of(entry: Entry) -> list[NewEvent]:
    """Return what an outcome tells; ids and time come from the entry alone."""
    told = [_event(entry, _notification(entry), "")]
    if entry.about.template == Template.WEBINAR_INVITED and entry.state is Fate.SENT and entry.about.subject:
        sequence = int(entry.about.revision)
        invited = WebinarInvited(webinar_id=entry.about.subject, sequence=sequence, role=Role(entry.about.role))
        told.append(_event(entry, invited, "-invited"))
    return told


def entries_in(rollout: str, municipality: str, facts: Iterable[Fact]) -> Iterator[Entry]:
    """Yield what this service told of each notice: that it was sent, or else the latest outcome."""
    told: dict[str, Fact] = {}
    for fact in sorted(facts, key=lambda each: each.order):
        if fact.source == SOURCE and fact.name in STATES and not _is_sent(told.get(fact.subject)):
            told[fact.subject] = fact
    return (_restored(rollout, municipality, fact) for fact in told.values())


def _notification(entry: Entry) -> NotificationSent | NotificationFailed | NotificationSuppressed:
    supplier = entry.about.role in set(SupplierRole)
    said: dict[str, Any] = {
        "notification_key": entry.key,
        "template": entry.about.template,
        "role": CONCERNED if supplier else Role(entry.about.role),
        "channel": SUPPLIER_MAIL if supplier else MAIL,
    }
    if entry.state is Fate.SENT:
        return NotificationSent(**said)
    kind = NotificationFailed if entry.state is Fate.FAILED else NotificationSuppressed
    return kind(**said, reason=entry.reason or str(entry.state))


def _event(entry: Entry, data: Any, suffix: str) -> NewEvent:
    said = f"{entry.key}\n{entry.state}\n{entry.since}"
    return NewEvent(
        data=data,
        id=f"{entry.state}-{blake2b(said.encode(), digest_size=16).hexdigest()}{suffix}",
        source=SOURCE,
        time=from_milliseconds(entry.since),
        rollout=entry.about.rollout,
        municipality=entry.about.municipality,
    )


def _is_sent(fact: Fact | None) -> bool:
    return fact is not None and fact.name is EventName.NotificationSent


def _restored(rollout: str, municipality: str, fact: Fact) -> Entry:
    """Return the entry that told a fact, as far as the fact says; subject and revision it does not."""
    data = fact.data
    role = SupplierRole.EG if data["channel"] == SUPPLIER_MAIL else data["role"]
    told_of = About(fact.subject, rollout, municipality, role, data["template"], "", "")
    at = to_milliseconds(fact.time)
    return Entry(told_of, STATES[fact.name], None, 0, 0, data.get("reason"), at, at, told=True, by="facts")
