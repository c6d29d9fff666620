"""Which document a signature is on: one on another than was sent signs nothing, and shows."""

from tests.facts_made import OTHER_SHA, fact, retraction
from tests.unit.contracts.tracks.paper import (
    DECLINED,
    DELIVERED,
    ENROLLED,
    SENT,
    SIGNED,
    TERMINATED,
    VIEWED,
    anomalies,
    since,
    state,
)
from tests.unit.contracts.tracks.told import day, odd, track, view

OTHER_PAPER = fact("AgreementSigned", 6, named="other-paper", document_sha256=OTHER_SHA)


def test_a_signature_on_another_document_leaves_the_state_as_it_was():
    found = view(ENROLLED, SENT, VIEWED, OTHER_PAPER)

    assert (found["tracks"]["agreement"]["state"], found["tracks"]["agreement"]["since"]) == ("viewed", day(4))
    assert found["tracks"]["agreement"]["mismatched"] == ["other-paper"]
    assert odd(found) == [("hash_mismatch", ["other-paper"])]


def test_a_signature_on_another_document_is_not_terminal():
    assert state(SENT, OTHER_PAPER, DECLINED) == "declined"
    assert anomalies(SENT, OTHER_PAPER, DECLINED) == [("hash_mismatch", ["other-paper"])]


def test_a_proper_signature_settles_it_and_the_other_stays_odd():
    proper = fact("AgreementSigned", 8, named="proper")
    found = view(ENROLLED, SENT, OTHER_PAPER, proper)

    assert (found["tracks"]["agreement"]["state"], found["tracks"]["agreement"]["since"]) == ("signed", day(8))
    assert (found["tracks"]["agreement"]["facts"], odd(found)) == (
        ["sent", "proper"],
        [("hash_mismatch", ["other-paper"])],
    )


def test_a_termination_after_a_mismatched_signature_only_is_odd():
    assert anomalies(SENT, OTHER_PAPER, TERMINATED) == [
        ("hash_mismatch", ["other-paper"]),
        ("terminated_without_signature", ["terminated"]),
    ]


def test_a_retracted_mismatch_is_no_longer_odd():
    assert anomalies(SENT, OTHER_PAPER, retraction(OTHER_PAPER, 9)) == []


def test_an_unknown_document_is_no_mismatch():
    assert state(OTHER_PAPER) == "signed"
    assert anomalies(OTHER_PAPER) == []


def test_a_document_that_becomes_known_later_unmakes_the_signature():
    late_sent = fact("AgreementSent", 8, named="late-sent")
    found = track("agreement", DELIVERED, OTHER_PAPER, late_sent)

    assert (found["state"], found["since"]) == ("delivered", day(8))


def test_a_document_that_becomes_known_later_confirms_the_signature():
    assert since(SIGNED, fact("AgreementSent", 8)) == day(6)
