"""What is told of the service agreement: that it waits for a signature, that it failed, that it is signed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from contracts.roles import Role, SupplierRole
from contracts.tracks.one_agreement import TO_SIGN
from services.notifications.notice import Notice, Template
from services.notifications.owing.case import Case, Hour
from services.notifications.working_days import DENMARK, due_day, has_come

SHOWN = ("supplier", "sign_by", "sent")


def ready(case: Case) -> Iterator[Notice]:
    """Tell the aftaleadministrator of an agreement to be signed, until the first reminder tells it (card, Metode 2)."""
    agreement = _to_sign(case)
    if agreement and not _reminders_due(agreement, case.hour):
        signer = [Role.AFTALEADMINISTRATOR]
        yield from case.notices(Template.AGREEMENT_READY, signer, agreement["agreement_id"], 1, **_details(agreement))


def reminder(case: Case) -> Iterator[Notice]:
    """Remind of a signature by the schedule, never of more than the latest step; the schedule's end is the cap."""
    agreement = _to_sign(case)
    number = _reminders_due(agreement, case.hour) if agreement else 0
    if agreement and number:
        details = {**_details(agreement), "reminder": number}
        signer = [Role.AFTALEADMINISTRATOR]
        yield from case.notices(Template.AGREEMENT_REMINDER, signer, agreement["agreement_id"], number, **details)


def failed(case: Case, template: Template, state: str) -> Iterator[Notice]:
    """Tell the supplier side and the responsible that an agreement was declined, bounced or expired."""
    agreement = _effective(case)
    if agreement and agreement["state"] == state:
        hearing = (SupplierRole.EG, case.responsible)
        details = {**_details(agreement), "reason": agreement["reason"]}
        yield from case.notices(template, hearing, agreement["agreement_id"], 1, **details)


def setup_may_begin(case: Case) -> Iterator[Notice]:
    """Tell who looks after the ERP that the agreement is signed and forwarding is still to be set up."""
    agreement = _effective(case)
    if agreement and case.outline.progress["stage"] == "to_configure":
        details = _details(agreement)
        yield from case.notices(Template.SETUP_MAY_BEGIN, [case.owner], agreement["agreement_id"], 1, **details)


def _effective(case: Case) -> Mapping[str, Any] | None:
    track = case.tracks["agreement"]
    return next((each for each in track["agreements"] if each["agreement_id"] == track["agreement_id"]), None)


def _to_sign(case: Case) -> Mapping[str, Any] | None:
    """Return the agreement that waits for the municipality; one whose last day has gone by does not."""
    agreement = _effective(case)
    waits = agreement and agreement["state"] in TO_SIGN and agreement["sent"] and not agreement["mismatched"]
    if not agreement or not waits:
        return None
    today = case.hour.now.astimezone(DENMARK).date().isoformat()
    return None if agreement["sign_by"] and agreement["sign_by"] < today else agreement


def _reminders_due(agreement: Mapping[str, Any], hour: Hour) -> int:
    sent = datetime.fromisoformat(agreement["sent"])
    return sum(has_come(due_day(sent, days), hour.now) for days in hour.reminders)


def _details(agreement: Mapping[str, Any]) -> dict[str, Any]:
    document = agreement["document"] or {}
    shown = {name: agreement[name] for name in SHOWN}
    return {"agreement_id": agreement["agreement_id"], "title": document.get("title"), **shown}
