"""What is owed after some facts, as the tests of its rules ask."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from services.chassis.outward.contacts import Recipient
from services.notifications.notice import Notice, Template
from services.notifications.owing.case import Hour, Resting, outline_of
from services.notifications.reactions import owed
from tests.facts_made import Plain, fact, placed, union

#: Reminders after five, ten and fifteen working days.
REMINDERS = (5, 10, 15)
ENROLLED = fact("MunicipalityEnrolled")
SENT = fact("AgreementSent", 2)
SIGNER, OWNER, KP = "aftaleadministrator", "systemansvarlig_bogfoering", "kp_systemansvarlig"
ALL = {SIGNER, OWNER, KP}
WHOLE = {"GuidancePublished", "WebinarScheduled", "WebinarRescheduled", "WebinarCancelled", "WebinarRecordingPublished"}
WHOLE |= {"AgreementBatchDispatched", "TaskCardPublished"}
ORIENTED = (fact("StakeholderOriented", 1), fact("StakeholderOriented", 1, named="second", role=OWNER))
DIGEST = {OWNER: Recipient("erp@kommune.example", digest=True), KP: Recipient("kp@kommune.example")}


def day(number: int, hour: int = 12) -> datetime:
    return datetime(2026, 2, number, hour, tzinfo=UTC)


def owed_after(
    *facts: Plain,
    now: datetime | None = None,
    contacts: dict[str, Recipient] | None = None,
    resting: Sequence[Resting] = (),
) -> tuple[Notice, ...]:
    """Return what is owed on 3 February, or at `now`."""
    return owed_by(placed(facts), now or day(3), contacts or {}, resting)


def owed_by(
    facts: Iterable[Plain], now: datetime, contacts: dict[str, Recipient], resting: Sequence[Resting] = ()
) -> tuple[Notice, ...]:
    told = list(facts)
    whole = union(each for each in told if name_of(each) in WHOLE)
    own = union(each for each in told if name_of(each) not in WHOLE)
    return owed(outline_of("efaktura-8b", "0101", own, whole), contacts, Hour(now, REMINDERS), resting)


def name_of(plain: Plain) -> str:
    return str(plain["type"].split(".")[2])


def hearing(notices: Iterable[Notice], template: Template) -> set[str]:
    return {str(each.role) for each in notices if each.template is template}


def one(notices: Iterable[Notice], template: Template) -> Notice:
    [found] = [each for each in notices if each.template is template]
    return found
