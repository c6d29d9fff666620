"""The catalogue of events as the oracle reads it: topic, subject, and what each field of the data must be."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

ROLES = (
    *("aftaleadministrator", "systemansvarlig_bogfoering", "erp_dialog"),
    *("kp_systemansvarlig", "oeir_koordinator", "oekonomiafdeling"),
)
Check = Callable[[Any], bool]


class Shape(NamedTuple):
    """One row of the catalogue; `subject` is the field that the subject repeats, None for the municipality."""

    topic: str | None
    subject: str | None
    required: Mapping[str, Check]
    optional: Mapping[str, Check]


def fits(shape: Shape, data: Any, subject: str, municipality: str | None) -> bool:
    """Whether `data` is what the catalogue says, and `subject` repeats the field that it should."""
    if not isinstance(data, Mapping):
        return False
    needed = all(name in data and check(data[name]) for name, check in shape.required.items())
    optional = all(data.get(name) is None or check(data[name]) for name, check in shape.optional.items())
    return needed and optional and subject == (data[shape.subject] if shape.subject else municipality)


def _text(value: Any) -> bool:
    """Free text ≤ 2,000 characters."""
    return isinstance(value, str) and len(value) <= 2_000


def _id(value: Any) -> bool:
    """Opaque strings ≤ 64 characters of `[A-Za-z0-9._:-]`."""
    return isinstance(value, str) and bool(re.fullmatch(r"[A-Za-z0-9._:-]{1,64}", value))


def _count(value: Any) -> bool:
    """Integers from 0 to 2³¹−1."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _sha256(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[0-9a-f]{64}", value))


def _gln(value: Any) -> bool:
    """GLN-13: mod-10 check digit."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{13}", value):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(value)) % 10 == 0


def _cvr(value: Any) -> bool:
    """CVR: 8 digits, mod 11."""
    if not isinstance(value, str) or not re.fullmatch(r"[1-9][0-9]{7}", value):
        return False
    return sum(int(digit) * weight for digit, weight in zip(value, (2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11 == 0


def _one_of(*values: str) -> Check:
    return lambda value: isinstance(value, str) and value in values


def _list_of(check: Check, least: int = 0) -> Check:
    return lambda value: isinstance(value, list) and len(value) >= least and all(map(check, value))


def _object(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    return lambda value: (
        isinstance(value, Mapping)
        and all(name in value and check(value[name]) for name, check in required.items())
        and all(value.get(name) is None or check(value[name]) for name, check in (optional or {}).items())
    )


_document = _object({"title": _text, "version": _count, "sha256": _sha256})
_rule = _object({"ean": _gln, "valid_from": _text}, {"valid_to": _text})
_role = _one_of(*ROLES)


def _agreements(subject: str | None, *optional: tuple[str, Check], **required: Check) -> Shape:
    return Shape("klarmeld.agreements", subject, required, dict(optional))


def _notifications(subject: str, *optional: tuple[str, Check], **required: Check) -> Shape:
    return Shape("klarmeld.notifications", subject, required, dict(optional))


def _tasks(subject: str, *optional: tuple[str, Check], **required: Check) -> Shape:
    return Shape("klarmeld.tasks", subject, required, dict(optional))


def _about_agreement(**required: Check) -> Shape:
    return _agreements("agreement_id", agreement_id=_id, **required)


def _outcome(*optional: tuple[str, Check], **required: Check) -> Shape:
    return _agreements("config_id", *optional, config_id=_id, revision=_count, **required)


def _told(*optional: tuple[str, Check], **required: Check) -> Shape:
    told = {"notification_key": _text, "template": _text, "role": _role, "channel": _text}
    return _notifications("notification_key", *optional, **told, **required)


#: A number is enough here: one that is not 0 has a reason of its own.
def _number(value: Any) -> bool:
    return not isinstance(value, bool | str | list | dict | None.__class__)


SHAPES: dict[str, Shape] = {
    "MunicipalityEnrolled": _agreements(
        None,
        ("cvr", _cvr),
        ("valid_to", _text),
        erp=_one_of("ØS Indsigt"),
        valid_from=_text,
        roster_source=_text,
    ),
    "MunicipalityWithdrawn": _agreements(None, valid_to=_text, reason=_text),
    "AgreementBatchDispatched": _agreements("batch_id", batch_id=_id, roster=_list_of(_text), roster_as_of=_text),
    "AgreementSent": _agreements(
        "agreement_id",
        ("batch_id", _id),
        ("sign_by", _text),
        ("supersedes", _id),
        agreement_id=_id,
        document=_document,
        supplier=_one_of("EG", "EJERKREDSEN"),
        signer_role=_one_of("aftaleadministrator"),
        extra_cost_dkk=_number,
    ),
    "AgreementDelivered": _about_agreement(),
    "AgreementViewed": _about_agreement(),
    "AgreementBounced": _about_agreement(reason=_text),
    "AgreementSigned": _about_agreement(
        signed_by_role=_role, method=_one_of("paper", "digital", "administrationsmodul"), document_sha256=_sha256
    ),
    "AgreementDeclined": _about_agreement(reason=_text, by_role=_text),
    "AgreementVoided": _about_agreement(reason=_text, by_role=_text),
    "AgreementTerminated": _about_agreement(reason=_text, by_role=_text),
    "AgreementExpired": _about_agreement(sign_by=_text),
    "ForwardingConfigured": _outcome(rules=_list_of(_rule, 1), target=_one_of("KP")),
    "ForwardingDisabled": _outcome(reason=_text),
    "ForwardingVerified": _outcome(("invoice_ref", _text), ean=_gln),
    "ForwardingFailed": _outcome(("detail", _text), ean=_gln, code=_text),
    "GuidancePublished": _notifications(
        "guidance_id", guidance_id=_id, version=_count, title=_text, url=_text, sha256=_sha256
    ),
    "GuidanceAcknowledged": _notifications("guidance_id", guidance_id=_id, version=_count, by_role=_role),
    "WebinarScheduled": _notifications(
        "webinar_id",
        webinar_id=_id,
        sequence=lambda value: _count(value) and value == 0,
        title=_text,
        starts_at=_text,
        ends_at=_text,
        timezone=_one_of("Europe/Copenhagen"),
        join_url=_text,
        organizer=_text,
    ),
    "WebinarRescheduled": _notifications("webinar_id", webinar_id=_id, sequence=_count, starts_at=_text, ends_at=_text),
    "WebinarCancelled": _notifications("webinar_id", webinar_id=_id, sequence=_count, reason=_text),
    "WebinarInvited": _notifications("webinar_id", webinar_id=_id, sequence=_count, role=_role),
    "WebinarResponded": _notifications(
        "webinar_id", webinar_id=_id, partstat=_one_of("accepted", "declined", "tentative"), by_role=_role
    ),
    "WebinarAttended": _notifications("webinar_id", webinar_id=_id, attendees=_count),
    "WebinarRecordingPublished": _notifications("webinar_id", webinar_id=_id, url=_text),
    "NotificationSent": _told(),
    "NotificationFailed": _told(reason=_text),
    "NotificationSuppressed": _told(reason=_text),
    "TaskCardPublished": _tasks("task_id", task_id=_id),
    "StakeholderOriented": _tasks(
        "role", ("note", _text), role=_role, topics=_list_of(_one_of("plan", "agreement_coming", "await_eg"))
    ),
    "TaskAssigned": _tasks("task_id", task_id=_id, responsible_role=_role, performer_role=_role),
    "TaskCompleted": _tasks("task_id", ("comment", _text), task_id=_id, by_role=_role),
    "TaskReopened": _tasks("task_id", task_id=_id, by_role=_role, reason=_text),
    "LocalItemAdded": _tasks("item_id", item_id=_id, text=_text),
    "LocalItemClosed": _tasks("item_id", item_id=_id),
    "FactRetracted": Shape(None, "id", {"source": _text, "id": _text, "reason": _text}, {}),
}
