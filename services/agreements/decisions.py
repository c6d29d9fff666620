"""What becomes of each command on one agreement: the event that it makes, or why it makes none."""

from collections.abc import Mapping
from typing import Any

from contracts.events import AgreementDeclined, AgreementSigned, AgreementTerminated, AgreementVoided
from contracts.names import EventName
from contracts.roles import Role
from services.agreements.commands import DeclineAgreement, SignAgreement, TerminateAgreement, VoidAgreement
from services.agreements.deadline import day_of, end_of, expiry_id, is_over
from services.chassis.doors.decision import Decision, Refused, Situation, conflict, invalid, unknown

Agreement = Mapping[str, Any]

#: What has happened to an agreement in a state in which nothing is to be signed any more.
HAPPENED = {
    "signed": "was signed",
    "declined": "was declined",
    "expired": "expired",
    "voided": "was taken back",
    "terminated": "was terminated",
}


def sign(situation: Situation, command: SignAgreement, *, agreement_id: str) -> Decision:
    """Sign what was sent, in time, once (card, Anbefalet udfører: the aftaleadministrator gets it for signature)."""
    agreement = _agreement(situation, agreement_id)
    if agreement is None:
        return _UNKNOWN
    return (
        _not_to_sign(situation, agreement)
        or _not_by_aftaleadministrator("/signed_by_role", command.signed_by_role)
        or _another_document(agreement, command.document_sha256)
        or AgreementSigned(
            agreement_id=agreement_id,
            signed_by_role=command.signed_by_role,
            method=command.method,
            document_sha256=command.document_sha256,
        )
    )


def decline(situation: Situation, command: DeclineAgreement, *, agreement_id: str) -> Decision:
    """Decline what could be signed."""
    agreement = _agreement(situation, agreement_id)
    if agreement is None:
        return _UNKNOWN
    return (
        _not_to_sign(situation, agreement)
        or _not_by_aftaleadministrator("/by_role", command.by_role)
        or AgreementDeclined(agreement_id=agreement_id, reason=command.reason, by_role=command.by_role)
    )


def void(situation: Situation, command: VoidAgreement, *, agreement_id: str) -> Decision:
    """Take back an agreement that is neither signed nor ended otherwise."""
    agreement = _agreement(situation, agreement_id)
    if agreement is None:
        return _UNKNOWN
    return _ended(agreement) or AgreementVoided(
        agreement_id=agreement_id, reason=command.reason, by_role=command.by_role
    )


def terminate(situation: Situation, command: TerminateAgreement, *, agreement_id: str) -> Decision:
    """End a signed agreement; one that is not signed is taken back instead."""
    agreement = _agreement(situation, agreement_id)
    if agreement is None:
        return _UNKNOWN
    return _not_signed(agreement) or AgreementTerminated(
        agreement_id=agreement_id, reason=command.reason, by_role=command.by_role
    )


_UNKNOWN = unknown("There is no such thing here.")


def _agreement(situation: Situation, agreement_id: str) -> Agreement | None:
    agreements: list[Agreement] = situation.progress["tracks"]["agreement"]["agreements"]
    return next((each for each in agreements if each["agreement_id"] == agreement_id), None)


def _not_to_sign(situation: Situation, agreement: Agreement) -> Refused | None:
    return _ended(agreement) or _superseded(situation, agreement) or _too_late(situation, agreement)


def _ended(agreement: Agreement) -> Refused | None:
    happened = HAPPENED.get(agreement["state"])
    if happened is None:
        return None
    return conflict(f"The agreement {agreement['agreement_id']} {happened} at {_short(agreement['since'])}.")


def _not_signed(agreement: Agreement) -> Refused | None:
    if agreement["state"] == "signed":
        return None
    return _ended(agreement) or conflict(
        f"The agreement {agreement['agreement_id']} is not signed: it has been {agreement['state']} since "
        f"{_short(agreement['since'])}. Only a signed one can be terminated; this one can be voided."
    )


def _superseded(situation: Situation, agreement: Agreement) -> Refused | None:
    if not agreement["superseded"]:
        return None
    agreements: list[Agreement] = situation.progress["tracks"]["agreement"]["agreements"]
    successor = next(each for each in agreements if each["supersedes"] == agreement["agreement_id"])
    return conflict(
        f"The agreement {agreement['agreement_id']} was superseded by {successor['agreement_id']}, "
        f"sent at {_short(successor['sent'])}; that one is to be answered."
    )


def _too_late(situation: Situation, agreement: Agreement) -> Refused | None:
    """Refuse after the deadline, even before its AgreementExpired is known; where that was retracted there is time."""
    sign_by = agreement["sign_by"]
    if not is_over(sign_by, day_of(situation.now)):
        return None
    expiry = expiry_id(agreement["agreement_id"], sign_by)
    if any(fact.data["id"] == expiry for fact in situation.own.of(EventName.FactRetracted)):
        return None
    ended = _short(end_of(sign_by))
    return conflict(f"The agreement {agreement['agreement_id']} was to be signed by {sign_by}; it expired at {ended}.")


def _not_by_aftaleadministrator(pointer: str, role: Role) -> Refused | None:
    if role is Role.AFTALEADMINISTRATOR:
        return None
    return invalid(
        pointer, "The agreement goes to the aftaleadministrator for signature: aftaleadministrator is meant."
    )


def _another_document(agreement: Agreement, sha256: str) -> Refused | None:
    """Refuse a digest that is not the sent one; before its AgreementSent is known nothing can be compared."""
    document = agreement["document"]
    if document is None or document["sha256"] == sha256:
        return None
    return invalid(
        "/document_sha256",
        f"This is not the document that was sent at {_short(agreement['sent'])}: that is »{document['title']}«, "
        f"version {document['version']}, with the digest {document['sha256']}.",
    )


def _short(instant: str) -> str:
    """Return an instant without its fraction of a second."""
    return f"{instant[:19]}Z"
