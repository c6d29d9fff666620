"""The clock of the agreements: given how they stand, when their day is over, then those that still wait expire."""

import pytest

from contracts import codec
from contracts.examples import EXAMPLES, example, with_data
from contracts.examples.world import AGREEMENT
from contracts.facts import document_id, fact_key
from contracts.names import EventName
from services.agreements.deadline import day_of, end_of
from services.agreements.expiry import due
from services.chassis.projection.documents import Document
from tests.situations import given

LAST_DAY, DAY_AFTER = "2026-03-31", "2026-04-01"
SENT = EXAMPLES[EventName.AgreementSent]
SUCCESSOR = example(
    EventName.AgreementSent,
    id="8b-successor",
    data=with_data(EventName.AgreementSent, agreement_id="AG-2", supersedes=AGREEMENT, sign_by=None).data,
)


def document(*events, municipality="0630") -> Document:
    facts = {fact_key(fact): fact for fact in given(*events).own.facts}
    return Document(document_id("efaktura-8b", municipality), "efaktura-8b", municipality, facts, {}, None)


@pytest.mark.parametrize("name", ["AgreementDelivered", "AgreementViewed", "AgreementBounced"])
def test_what_still_waits_for_a_signature_expires_at_the_end_of_its_danish_day(name):
    [event] = due([document(SENT, EXAMPLES[EventName(name)])], DAY_AFTER)
    assert (event.time, event.rollout, event.municipality) == ("2026-03-31T22:00:00.000000Z", "efaktura-8b", "0630")
    assert event.data.model_dump() == {"agreement_id": AGREEMENT, "sign_by": LAST_DAY}


def test_on_its_last_day_an_agreement_can_still_be_signed():
    assert due([document(SENT)], LAST_DAY) == []


def test_an_agreement_without_a_day_never_expires():
    assert due([document(with_data(EventName.AgreementSent, sign_by=None))], "9999-12-31") == []


@pytest.mark.parametrize(
    "ended",
    [
        ["AgreementSigned"],
        ["AgreementDeclined"],
        ["AgreementVoided"],
        ["AgreementExpired"],
        ["AgreementSigned", "AgreementTerminated"],
    ],
    ids=lambda names: names[-1],
)
def test_what_has_ended_does_not_expire(ended):
    assert due([document(SENT, *(EXAMPLES[EventName(name)] for name in ended))], DAY_AFTER) == []


def test_a_superseded_agreement_does_not_expire():
    assert due([document(SENT, SUCCESSOR)], DAY_AFTER) == []


def test_a_signature_on_another_document_waits_for_eg():
    mismatched = with_data(EventName.AgreementSigned, document_sha256="0" * 64)
    assert due([document(SENT, mismatched)], DAY_AFTER) == []


def test_two_clocks_and_a_later_one_tell_the_same():
    first, other = due([document(SENT)], DAY_AFTER), due([document(SENT)], "2027-01-01")
    assert codec.encode(first[0]) == codec.encode(other[0])


def test_an_expiry_that_was_told_and_retracted_is_not_told_again():
    [expired] = due([document(SENT)], DAY_AFTER)
    retracted = with_data(EventName.FactRetracted, source=expired.source, id=expired.id)
    retraction = example(EventName.FactRetracted, data=retracted.data, source=SENT.source, topic=SENT.topic)
    told = document(SENT, expired)
    both = told._replace(facts={**told.facts, **document(SENT, retraction).facts})
    assert due([both], DAY_AFTER) == []


def test_each_municipality_has_an_expiry_of_its_own():
    events = due([document(SENT), document(SENT, municipality="0101")], DAY_AFTER)
    assert [each.municipality for each in events] == ["0630", "0101"]


@pytest.mark.parametrize(
    ("day", "end"), [("2026-01-31", "2026-01-31T23:00:00.000000Z"), ("2026-07-31", "2026-07-31T22:00:00.000000Z")]
)
def test_a_danish_day_ends_by_the_clock_of_its_season(day, end):
    assert end_of(day) == end
    assert day_of(end) > day
