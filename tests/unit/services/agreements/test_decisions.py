"""Commands on one agreement: given what stands on the log, when a command comes, then an event or a refusal."""

import pytest
from pydantic import ValidationError

from contracts.events import AgreementDeclined, AgreementSigned, AgreementTerminated, AgreementVoided, Document, Method
from contracts.examples import EXAMPLES, example, with_data
from contracts.examples.world import AGREEMENT, DOCUMENT_SHA256
from contracts.names import EventName
from contracts.roles import Role, SupplierRole
from services.agreements import decisions
from services.agreements.commands import DeclineAgreement, SignAgreement, TerminateAgreement, VoidAgreement
from services.agreements.deadline import expiry_id
from services.chassis.doors.decision import Refused, Why
from tests.situations import given

SENT = EXAMPLES[EventName.AgreementSent]
DELIVERED = EXAMPLES[EventName.AgreementDelivered]
BOUNCED = EXAMPLES[EventName.AgreementBounced]
SIGNED = EXAMPLES[EventName.AgreementSigned]
DECLINED = EXAMPLES[EventName.AgreementDeclined]
VOIDED = EXAMPLES[EventName.AgreementVoided]
EXPIRED = EXAMPLES[EventName.AgreementExpired]
TERMINATED = EXAMPLES[EventName.AgreementTerminated]
SUCCESSOR = example(
    EventName.AgreementSent,
    id="8b-successor",
    time="2026-02-05T08:00:00Z",
    data=with_data(EventName.AgreementSent, agreement_id="AG-2", supersedes=AGREEMENT).data,
)
IN_TIME = "2026-03-31T21:59:59.999999Z"
TOO_LATE = "2026-03-31T22:00:00.000000Z"

SIGN = SignAgreement(signed_by_role="aftaleadministrator", method="digital", document_sha256=DOCUMENT_SHA256)
DECLINE = DeclineAgreement(reason="Forkert juridisk enhed")
VOID = VoidAgreement(reason="Afløst af en ny")
TERMINATE = TerminateAgreement(reason="Nyt ERP")


def sign(*facts, now=IN_TIME, command=SIGN):
    return decisions.sign(given(*facts)._replace(now=now), command, agreement_id=AGREEMENT)


def decline(*facts, now=IN_TIME, command=DECLINE):
    return decisions.decline(given(*facts)._replace(now=now), command, agreement_id=AGREEMENT)


def void(*facts, command=VOID):
    return decisions.void(given(*facts), command, agreement_id=AGREEMENT)


def terminate(*facts, command=TERMINATE):
    return decisions.terminate(given(*facts), command, agreement_id=AGREEMENT)


def refused(decision, why: Why) -> str:
    assert isinstance(decision, Refused)
    assert decision.why is why
    return decision.detail


@pytest.mark.parametrize("on_its_way", [(), (DELIVERED,), (BOUNCED,)], ids=["sent", "delivered", "bounced"])
def test_an_agreement_on_its_way_is_signed(on_its_way):
    assert sign(SENT, *on_its_way) == AgreementSigned(
        agreement_id=AGREEMENT,
        signed_by_role=Role.AFTALEADMINISTRATOR,
        method=Method.DIGITAL,
        document_sha256=DOCUMENT_SHA256,
    )


def test_an_agreement_without_a_day_to_sign_by_can_be_signed_whenever():
    endless = with_data(EventName.AgreementSent, sign_by=None)
    assert isinstance(sign(endless, now=TOO_LATE), AgreementSigned)


def test_an_agreement_whose_sending_is_not_known_yet_is_signed_on_trust():
    other = SIGN.model_copy(update={"document_sha256": "0" * 64})
    assert isinstance(sign(DELIVERED, command=other), AgreementSigned)


def test_a_signature_on_another_document_names_the_one_that_was_sent():
    decision = sign(SENT, command=SIGN.model_copy(update={"document_sha256": "0" * 64}))
    detail = refused(decision, Why.INVALID)
    assert DOCUMENT_SHA256 in detail
    assert "2026-02-02T08:05:00Z" in detail
    assert decision.errors[0].pointer == "/document_sha256"


def test_after_a_signature_on_another_document_the_right_one_can_be_signed():
    mismatched = with_data(EventName.AgreementSigned, document_sha256="0" * 64)
    assert isinstance(sign(SENT, mismatched), AgreementSigned)


@pytest.mark.parametrize(
    ("ended", "happened"),
    [
        ((SIGNED,), "was signed at 2026-02-10T12:00:00Z"),
        ((DECLINED,), "was declined at 2026-02-11T12:00:00Z"),
        ((VOIDED,), "was taken back at 2026-02-12T12:00:00Z"),
        ((EXPIRED,), "expired at 2026-04-01T00:00:00Z"),
        ((SIGNED, TERMINATED), "was terminated at 2026-09-01T12:00:00Z"),
    ],
    ids=["signed", "declined", "voided", "expired", "terminated"],
)
@pytest.mark.parametrize("answer", [sign, decline, void], ids=["sign", "decline", "void"])
def test_what_has_ended_is_not_answered_again_and_says_what_happened_when(ended, happened, answer):
    assert happened in refused(answer(SENT, *ended), Why.CONFLICT)


@pytest.mark.parametrize("answer", [sign, decline], ids=["sign", "decline"])
def test_a_superseded_agreement_points_to_its_successor(answer):
    detail = refused(answer(SENT, SUCCESSOR), Why.CONFLICT)
    assert "superseded by AG-2, sent at 2026-02-05T08:00:00Z" in detail


def test_a_superseded_agreement_can_still_be_voided():
    assert isinstance(void(SENT, SUCCESSOR), AgreementVoided)


@pytest.mark.parametrize("answer", [sign, decline], ids=["sign", "decline"])
def test_after_the_danish_day_to_sign_by_it_is_too_late(answer):
    detail = refused(answer(SENT, now=TOO_LATE), Why.CONFLICT)
    assert "by 2026-03-31; it expired at 2026-03-31T22:00:00Z" in detail


def test_where_the_expiry_was_retracted_there_is_time_to_sign():
    said = with_data(EventName.FactRetracted, source="/klarmeld/agreements", id=expiry_id(AGREEMENT, "2026-03-31"))
    retraction = example(EventName.FactRetracted, data=said.data, source=SENT.source, topic=SENT.topic)
    assert isinstance(sign(SENT, retraction, now=TOO_LATE), AgreementSigned)


def test_a_retraction_of_something_else_gives_no_time():
    elsewhere = with_data(EventName.FactRetracted, id="8b-something-else")
    retraction = example(EventName.FactRetracted, data=elsewhere.data, source=SENT.source, topic=SENT.topic)
    assert "expired" in refused(sign(SENT, retraction, now=TOO_LATE), Why.CONFLICT)


def test_only_the_aftaleadministrator_signs():
    decision = sign(SENT, command=SIGN.model_copy(update={"signed_by_role": Role.OEKONOMIAFDELING}))
    assert "aftaleadministrator" in refused(decision, Why.INVALID)
    assert decision.errors[0].pointer == "/signed_by_role"


def test_only_the_aftaleadministrator_declines():
    decision = decline(SENT, command=DECLINE.model_copy(update={"by_role": Role.OEKONOMIAFDELING}))
    refused(decision, Why.INVALID)
    assert decision.errors[0].pointer == "/by_role"


def test_an_agreement_is_declined_with_the_reason():
    assert decline(SENT) == AgreementDeclined(
        agreement_id=AGREEMENT, reason="Forkert juridisk enhed", by_role=Role.AFTALEADMINISTRATOR
    )


def test_an_agreement_is_voided_by_the_supplier_side():
    assert void(SENT) == AgreementVoided(agreement_id=AGREEMENT, reason="Afløst af en ny", by_role=SupplierRole.EG)


def test_a_signed_agreement_is_terminated():
    by_the_other = TerminateAgreement(reason="Nyt ERP", by_role="ejerkredsen")
    assert terminate(SENT, SIGNED, command=by_the_other) == AgreementTerminated(
        agreement_id=AGREEMENT, reason="Nyt ERP", by_role=SupplierRole.EJERKREDSEN
    )


def test_what_is_not_signed_is_voided_and_not_terminated():
    detail = refused(terminate(SENT), Why.CONFLICT)
    assert "has been sent since 2026-02-02T08:05:00Z" in detail
    assert "voided" in detail


@pytest.mark.parametrize(
    ("ended", "happened"),
    [((DECLINED,), "was declined at 2026-02-11"), ((SIGNED, TERMINATED), "was terminated at 2026-09-01")],
    ids=["declined", "terminated"],
)
def test_what_has_ended_is_not_terminated(ended, happened):
    assert happened in refused(terminate(SENT, *ended), Why.CONFLICT)


@pytest.mark.parametrize("answer", [sign, decline, void, terminate])
def test_an_agreement_that_is_not_known_has_no_answer(answer):
    refused(answer(), Why.UNKNOWN)


def test_a_termination_without_a_signature_makes_no_agreement():
    refused(sign(TERMINATED), Why.UNKNOWN)


def test_of_two_sent_under_one_id_the_earlier_is_signed():
    other = Document(title="En anden", version=2, sha256="0" * 64)
    later = example(
        EventName.AgreementSent,
        id="8b-again",
        time="2026-02-03T08:00:00Z",
        data=with_data(EventName.AgreementSent, document=other).data,
    )
    assert isinstance(sign(SENT, later), AgreementSigned)


@pytest.mark.parametrize("reason", ["", " \n", "x" * 2_001], ids=["empty", "blank", "long"])
@pytest.mark.parametrize("command", [DeclineAgreement, VoidAgreement, TerminateAgreement])
def test_a_reason_says_something_in_at_most_two_thousand_characters(command, reason):
    with pytest.raises(ValidationError, match="reason"):
        command(reason=reason)


def test_no_refusal_sends_a_municipality_to_the_supplier():
    situations = [(SENT, SIGNED), (SENT, DECLINED), (SENT, EXPIRED), (SENT, VOIDED), (SENT, SUCCESSOR), ()]
    said = [decision.detail for facts in situations for decision in (sign(*facts), decline(*facts))]
    said.append(sign(SENT, now=TOO_LATE).detail)
    assert not [sentence for sentence in said if "contact" in sentence.lower() or "ask" in sentence.lower().split()]
