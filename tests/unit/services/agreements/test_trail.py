"""The audit trail: given an agreement's facts, then who said what and when, oldest first, and what of it counts."""

from contracts.examples import EXAMPLES, example, with_data
from contracts.examples.world import AGREEMENT, SYSTEM
from contracts.names import EventName
from services.agreements.trail import trail
from tests.situations import given

SENT = EXAMPLES[EventName.AgreementSent]
DELIVERED = EXAMPLES[EventName.AgreementDelivered]
SIGNED = EXAMPLES[EventName.AgreementSigned]
SUCCESSOR = example(
    EventName.AgreementSent,
    id="8b-successor",
    data=with_data(EventName.AgreementSent, agreement_id="AG-2", supersedes=AGREEMENT).data,
)


def retraction(of, *, named="8b-retraction", source=SYSTEM):
    data = with_data(EventName.FactRetracted, id=of.id, source=source).data
    return example(EventName.FactRetracted, id=named, data=data, source=SYSTEM, topic=SENT.topic)


def facts(*events):
    """Return every fact of the events, those that do not count among them."""
    return [fact for event in events for fact in given(event).own.facts]


def told(*events):
    return [(each["what"], each["counts"]) for each in trail(facts(*events), AGREEMENT)["facts"]]


def test_who_said_what_stands_oldest_first():
    found = trail(facts(SIGNED, SENT, DELIVERED), AGREEMENT)
    assert [(each["what"], each["who"], each["time"]) for each in found["facts"]] == [
        ("AgreementSent", "EG", "2026-02-02T08:05:00Z"),
        ("AgreementDelivered", SYSTEM, "2026-02-02T08:06:00Z"),
        ("AgreementSigned", "aftaleadministrator", "2026-02-10T12:00:00Z"),
    ]


def test_the_state_and_the_document_stand_beside_them():
    found = trail(facts(SENT, SIGNED), AGREEMENT)
    assert (found["state"], found["document"]["version"], found["superseded_by"]) == ("signed", 1, [])


def test_what_was_retracted_stays_visible_with_its_retraction():
    assert told(SENT, SIGNED, retraction(SIGNED)) == [
        ("AgreementSent", True),
        ("AgreementSigned", False),
        ("FactRetracted", True),
    ]


def test_a_retraction_of_a_retraction_is_part_of_the_story():
    first = retraction(SIGNED)
    assert told(SENT, SIGNED, first, retraction(first, named="8b-second")) == [
        ("AgreementSent", True),
        ("AgreementSigned", True),
        ("FactRetracted", False),
        ("FactRetracted", True),
    ]


def test_a_retraction_of_something_else_is_not():
    assert told(SENT, retraction(SENT, source="/eg/somebody-else")) == [("AgreementSent", True)]


def test_another_agreements_facts_are_not():
    found = trail(facts(SENT, SUCCESSOR), AGREEMENT)
    assert [each["id"] for each in found["facts"]] == [SENT.id]
    assert found["superseded_by"] == ["AG-2"]


def test_an_unknown_agreement_has_no_trail():
    assert trail(facts(SENT), "AG-9") is None
