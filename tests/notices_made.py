"""One notice of each kind, with the details that the facts of one municipality give it."""

from collections.abc import Mapping
from typing import Any

from contracts.roles import Role, SupplierRole
from services.chassis.outward.contacts import Recipient
from services.notifications.answer_links import AnswerLinks
from services.notifications.notice import Notice, Sender, Template

SENDER = Sender(
    address="klarmeld@kommunerne.example",
    name="klarmeld",
    portal="https://portal.example",
    answers=AnswerLinks("https://svar.example", b"a key of a test, and no other key"),
)
RECIPIENT = Recipient("aftaler@vejle.example")
_AGREEMENT = {"agreement_id": "AG-1", "title": "Serviceaftale om eFaktura", "sent": "2026-02-01T09:00:00Z"}
_PLAN = {
    "webinar_id": "webinar-8b",
    "title": "eFaktura 8b: fælles webinar",
    "starts_at": "2026-03-10T10:00:00+01:00",
    "ends_at": "2026-03-10T11:00:00+01:00",
    "join_url": "https://eg.example/webinar-8b",
    "organizer": "efaktura@eg.example",
    "sequence": 0,
    "stamp": "2026-02-20T09:00:00.000000Z",
}

#: Whom a notice is for, and what is told of it.
KINDS: dict[Template, tuple[Role, Mapping[str, str | int]]] = {
    Template.PLAN_ANNOUNCED: (Role.AFTALEADMINISTRATOR, {}),
    Template.AGREEMENT_READY: (Role.AFTALEADMINISTRATOR, {**_AGREEMENT, "sign_by": "2026-03-31", "supplier": "EG"}),
    Template.AGREEMENT_REMINDER: (Role.AFTALEADMINISTRATOR, {**_AGREEMENT, "reminder": 2}),
    Template.AGREEMENT_DECLINED: (Role.KP_SYSTEMANSVARLIG, {**_AGREEMENT, "reason": "Forkert enhed"}),
    Template.AGREEMENT_BOUNCED: (Role.KP_SYSTEMANSVARLIG, {**_AGREEMENT, "reason": "Postkassen findes ikke"}),
    Template.AGREEMENT_EXPIRED: (Role.KP_SYSTEMANSVARLIG, {**_AGREEMENT, "sign_by": "2026-03-31"}),
    Template.GUIDANCE_PUBLISHED: (
        Role.SYSTEMANSVARLIG_BOGFOERING,
        {
            "guidance_id": "vejledning-8b",
            "title": "Vejledning: etablering og opsætning",
            "url": "https://eg.example/vejledning-8b.pdf",
            "version": 2,
            "published": "2026-02-20T08:00:00Z",
        },
    ),
    Template.WEBINAR_INVITED: (Role.SYSTEMANSVARLIG_BOGFOERING, _PLAN),
    Template.WEBINAR_CHANGED: (Role.ERP_DIALOG, {**_PLAN, "sequence": 1}),
    Template.WEBINAR_CANCELLED: (
        Role.OEIR_KOORDINATOR,
        {**_PLAN, "sequence": 2, "reason": "Oplægsholderen er syg"},
    ),
    Template.WEBINAR_RECORDING: (
        Role.OEKONOMIAFDELING,
        {"webinar_id": "webinar-8b", "title": "eFaktura 8b: fælles webinar", "url": "https://eg.example/optagelse"},
    ),
    Template.SETUP_MAY_BEGIN: (Role.SYSTEMANSVARLIG_BOGFOERING, _AGREEMENT),
    Template.FORWARDING_VERIFIED: (
        Role.SYSTEMANSVARLIG_BOGFOERING,
        {"eans": "5798000416604, 5798009811578", "since": "2026-04-01T08:00:00Z"},
    ),
    Template.FORWARDING_FAILED: (
        Role.SYSTEMANSVARLIG_BOGFOERING,
        {"ean": "5798009811578", "code": "REJECTED", "detail": "KP kender ikke modtageren."},
    ),
    Template.TASK_MAY_BE_COMPLETED: (Role.KP_SYSTEMANSVARLIG, {}),
    Template.WEEKLY_DIGEST: (Role.KP_SYSTEMANSVARLIG, {"actions": "sign_agreement orient_roles", "stage": "to_sign"}),
    Template.WEBHOOK_RESTS: (
        Role.SYSTEMANSVARLIG_BOGFOERING,
        {"host": "portal.vejle.example", "since": "2026-03-01T08:00:00Z"},
    ),
}
#: What the supplier side hears too.
TO_EG = (Template.AGREEMENT_DECLINED, Template.AGREEMENT_BOUNCED, Template.AGREEMENT_EXPIRED)


def notice_of(template: Template, *, role: Role | SupplierRole | None = None, **details: Any) -> Notice:
    """Return the notice of a kind; `details` stand in for its own."""
    usual_role, usual = KINDS[template]
    return Notice("efaktura-8b", "0630", role or usual_role, template, "s-1", "1", {**usual, **details})


def every_notice() -> list[Notice]:
    """Return one of each kind for a municipality, and those for the supplier side."""
    return [*map(notice_of, Template), *(notice_of(template, role=SupplierRole.EG) for template in TO_EG)]
