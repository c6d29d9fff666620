"""Plain facts made by hand: a dict each, with whole data of its type, a place on the log and a time of one's choice."""

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.canonical import text_and_bytes
from contracts.facts import Fact, fact_key
from contracts.instants import read_instant

Plain = dict[str, Any]

SHA, OTHER_SHA = "a" * 64, "b" * 64
EANS = ("5798009811578", "5798000416604", "5790000000005")
FIRST_RECORDED = 1_770_000_000_000
EG, OWN = "/eg/portal", "/klarmeld/tasks"

_ADMIN = "aftaleadministrator"
_HELD = {"starts_at": "2026-03-01T09:00:00+01:00", "ends_at": "2026-03-01T10:00:00+01:00"}
_AGREEMENT = ("klarmeld.agreements", "agreement_id")
_CONFIG = ("klarmeld.agreements", "config_id")
_WEBINAR = ("klarmeld.notifications", "webinar_id")
_GUIDANCE = ("klarmeld.notifications", "guidance_id")
_NOTIFICATION = ("klarmeld.notifications", "notification_key")
_TASK = ("klarmeld.tasks", "task_id")
_ITEM = ("klarmeld.tasks", "item_id")
_DECLINE = {"agreement_id": "AG-1", "reason": "Forkert enhed", "by_role": _ADMIN}
_TOLD = {"notification_key": "N-1", "template": "agreement_sent", "role": _ADMIN, "channel": "mail"}

#: Name → topic, the field that the subject repeats (or the subject itself), data.
KINDS: dict[str, tuple[tuple[str, str], Plain]] = {
    "MunicipalityEnrolled": (
        ("klarmeld.agreements", "0101"),
        {"erp": "ØS Indsigt", "valid_from": "2026-01-01", "roster_source": "EG"},
    ),
    "MunicipalityWithdrawn": (("klarmeld.agreements", "0101"), {"valid_to": "2026-06-30", "reason": "Nyt ERP"}),
    "AgreementBatchDispatched": (
        ("klarmeld.agreements", "batch_id"),
        {"batch_id": "B1", "roster": ["0101"], "roster_as_of": "2026-01-31"},
    ),
    "AgreementSent": (
        _AGREEMENT,
        {
            "agreement_id": "AG-1",
            "document": {"title": "Serviceaftale", "version": 1, "sha256": SHA},
            "supplier": "EG",
            "signer_role": _ADMIN,
            "extra_cost_dkk": 0,
        },
    ),
    "AgreementDelivered": (_AGREEMENT, {"agreement_id": "AG-1"}),
    "AgreementViewed": (_AGREEMENT, {"agreement_id": "AG-1"}),
    "AgreementBounced": (_AGREEMENT, {"agreement_id": "AG-1", "reason": "Postkassen findes ikke"}),
    "AgreementSigned": (
        _AGREEMENT,
        {"agreement_id": "AG-1", "signed_by_role": _ADMIN, "method": "digital", "document_sha256": SHA},
    ),
    "AgreementDeclined": (_AGREEMENT, _DECLINE),
    "AgreementVoided": (_AGREEMENT, _DECLINE),
    "AgreementTerminated": (_AGREEMENT, _DECLINE),
    "AgreementExpired": (_AGREEMENT, {"agreement_id": "AG-1", "sign_by": "2026-03-31"}),
    "ForwardingConfigured": (
        _CONFIG,
        {"config_id": "C-1", "revision": 1, "rules": [{"ean": EANS[0], "valid_from": "2026-02-01"}], "target": "KP"},
    ),
    "ForwardingDisabled": (_CONFIG, {"config_id": "C-1", "revision": 2, "reason": "Flytning"}),
    "ForwardingVerified": (_CONFIG, {"config_id": "C-1", "revision": 1, "ean": EANS[0]}),
    "ForwardingFailed": (_CONFIG, {"config_id": "C-1", "revision": 1, "ean": EANS[0], "code": "REJECTED"}),
    "GuidancePublished": (
        _GUIDANCE,
        {
            "guidance_id": "G-1",
            "version": 1,
            "title": "Vejledning",
            "url": "https://eg.example/vejledning.pdf",
            "sha256": SHA,
        },
    ),
    "GuidanceAcknowledged": (_GUIDANCE, {"guidance_id": "G-1", "version": 1, "by_role": _ADMIN}),
    "WebinarScheduled": (
        _WEBINAR,
        {
            "webinar_id": "W-1",
            "sequence": 0,
            "title": "Webinar",
            **_HELD,
            "timezone": "Europe/Copenhagen",
            "join_url": "https://eg.example/webinar",
            "organizer": "webinar@eg.example",
        },
    ),
    "WebinarRescheduled": (_WEBINAR, {"webinar_id": "W-1", "sequence": 1, **_HELD}),
    "WebinarCancelled": (_WEBINAR, {"webinar_id": "W-1", "sequence": 1, "reason": "Sygdom"}),
    "WebinarInvited": (_WEBINAR, {"webinar_id": "W-1", "sequence": 0, "role": _ADMIN}),
    "WebinarResponded": (_WEBINAR, {"webinar_id": "W-1", "partstat": "accepted", "by_role": _ADMIN}),
    "WebinarAttended": (_WEBINAR, {"webinar_id": "W-1", "attendees": 2}),
    "WebinarRecordingPublished": (_WEBINAR, {"webinar_id": "W-1", "url": "https://eg.example/optagelse"}),
    "NotificationSent": (_NOTIFICATION, _TOLD),
    "NotificationFailed": (_NOTIFICATION, {**_TOLD, "reason": "550"}),
    "NotificationSuppressed": (_NOTIFICATION, {**_TOLD, "reason": "Ingen adresse"}),
    "TaskCardPublished": (_TASK, {"task_id": "T-1"}),
    "StakeholderOriented": (("klarmeld.tasks", "role"), {"role": _ADMIN, "topics": ["plan"]}),
    "TaskAssigned": (_TASK, {"task_id": "T-1", "responsible_role": "kp_systemansvarlig", "performer_role": _ADMIN}),
    "TaskCompleted": (_TASK, {"task_id": "T-1", "by_role": _ADMIN}),
    "TaskReopened": (_TASK, {"task_id": "T-1", "by_role": _ADMIN, "reason": "For tidligt"}),
    "LocalItemAdded": (_ITEM, {"item_id": "L-1", "text": "Spørg lønkontoret"}),
    "LocalItemClosed": (_ITEM, {"item_id": "L-1", "text": "Spørg lønkontoret"}),
    "FactRetracted": (("klarmeld.agreements", "id"), {"source": EG, "id": "", "reason": "Fejl"}),
}


def fact(
    name: str,
    day: int = 1,
    *,
    named: str | None = None,
    source: str | None = None,
    time: str | None = None,
    topic: str | None = None,
    place: Mapping[str, Any] | None = None,
    **data: Any,
) -> Plain:
    """Return one plain fact, dated `day` of February 2026 at nine; `named` is its id; `place` may fix where it is."""
    (home, repeats), body = KINDS[name]
    whole = {**body, **data}
    return {
        "topic": topic or home,
        "source": source or (OWN if home == "klarmeld.tasks" else EG),
        "id": named or f"{name}-{day}",
        "type": f"dk.klarmeld.{name}.v1",
        "subject": str(whole.get(repeats, repeats)),
        "time": time or f"2026-02-{day:02}T09:00:00Z",
        "data": whole,
        **(place or {}),
    }


def placed(facts: Iterable[Plain]) -> list[Plain]:
    """Return the facts as the log recorded them: one a second, in this order, where no place is given."""
    return [
        {"recorded": FIRST_RECORDED + 1000 * number, "partition": number % 6, "offset": number} | each
        for number, each in enumerate(facts)
    ]


def retraction(of: Plain, day: int = 1, *, named: str | None = None, topic: str | None = None) -> Plain:
    """Return the retraction of another plain fact, on the topic of that one unless another is given."""
    made = fact("FactRetracted", day, named=named or f"retract-{of['id']}", topic=topic or of["topic"])
    target = {"source": of["source"], "id": of["id"], "reason": "Fejl"}
    return made | {"source": of["source"], "subject": of["id"], "data": target}


def as_fact(plain: Plain) -> Fact:
    """Return the plain fact as production holds it."""
    place = (plain["recorded"], plain["topic"], plain["partition"], plain["offset"])
    named = (plain["source"], plain["id"], plain["type"], plain["subject"])
    return Fact(*place, *named, read_instant(plain["time"]), text_and_bytes(plain["data"])[0])


def union(tellings: Iterable[Plain]) -> list[Fact]:
    """Return the set of facts that a document comes to hold: of each its first place on the log."""
    held: dict[str, Fact] = {}
    for told in map(as_fact, tellings):
        key = fact_key(told)
        held[key] = min(told, held.get(key, told))
    return list(held.values())
