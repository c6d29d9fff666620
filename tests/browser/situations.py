"""What each municipality of the browser tests has heard, so that every kind of page is there to be looked at."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from contracts.events.notifications import Partstat
from contracts.examples import with_data
from contracts.names import EventName as E
from contracts.roles import Role
from contracts.writer import NewEvent
from services.chassis.outward.ledger_entry import Fate

SIGNING, AWAITING, BLOCKED, VERIFYING, RECEIVING, OUTSIDE = "0630", "0661", "0101", "0851", "0751", "0330"
WITH_SCRIPT, WITHOUT_SCRIPT, LIVE, HOSTILE, STORY, TROUBLED = "0461", "0561", "0615", "0727", "0657", "0370"
ENROLLED = (
    SIGNING, AWAITING, BLOCKED, VERIFYING, RECEIVING, WITH_SCRIPT, WITHOUT_SCRIPT, LIVE, HOSTILE, STORY, TROUBLED,
)  # fmt: skip
SENT = (SIGNING, BLOCKED, VERIFYING, RECEIVING, LIVE, HOSTILE, TROUBLED)
ORIENTED = (AWAITING, VERIFYING, RECEIVING, WITH_SCRIPT, WITHOUT_SCRIPT)
#: What became of notices to the first of them, each under its key.
NOTICES = {Fate.SENT: "browser-sent", Fate.UNKNOWN: "browser-unknown"}
#: Markup, a switch to right-to-left writing, and as long as a text may be.
HOSTILE_TEXT = "<script>alert(1)</script><img src=x onerror=alert(1)> \u202eRTL {date} ".ljust(2_000, "x")


def told_before() -> Iterator[NewEvent]:
    """Yield what everybody has heard before the first test."""
    yield from (about(name, None) for name in (E.TaskCardPublished, E.GuidancePublished, E.WebinarScheduled))
    for code in ENROLLED:
        yield about(E.MunicipalityEnrolled, code)
    for code in SENT:
        yield about(E.AgreementSent, code, agreement_id=f"A-{code}", sign_by=None)
        yield about(E.WebinarInvited, code)
    for code in ORIENTED:
        yield from (
            about(E.StakeholderOriented, code, role=role) for role in (Role.AFTALEADMINISTRATOR, Role.ERP_DIALOG)
        )
    yield about(E.AgreementBounced, BLOCKED, agreement_id=f"A-{BLOCKED}")
    for code in (VERIFYING, RECEIVING):
        yield about(E.AgreementSigned, code, agreement_id=f"A-{code}")
        yield about(E.ForwardingConfigured, code)
    yield from (about(E.ForwardingVerified, RECEIVING, ean=ean) for ean in ("5798009811578", "5798000416604"))
    yield about(E.TaskCompleted, RECEIVING)
    yield from _everything_that_goes_wrong(TROUBLED)
    yield about(E.LocalItemAdded, SIGNING)
    yield about(E.NotificationSent, SIGNING)
    yield about(E.LocalItemAdded, HOSTILE, text=HOSTILE_TEXT)


def _everything_that_goes_wrong(code: str) -> Iterator[NewEvent]:
    """Yield what puts each track of a municipality into a state of trouble at once."""
    agreement = {"agreement_id": f"A-{code}"}
    yield about(E.AgreementSigned, code, **agreement)
    yield about(E.AgreementTerminated, code, **agreement)
    yield about(E.ForwardingConfigured, code)
    yield about(E.ForwardingFailed, code, ean="5798009811578")
    yield about(E.WebinarResponded, code, partstat=Partstat.DECLINED)
    yield about(E.TaskCompleted, code)
    yield about(E.TaskAssigned, code)


def about(name: E, code: str | None, **data: Any) -> NewEvent:
    """Return the example of `name` about the municipality `code`, or about all; `data` replaces fields of it."""
    told = "-".join([str(name), code or "all", *map(str, data.values())])[:60]
    return replace(with_data(name, **data), municipality=code, id=told)
