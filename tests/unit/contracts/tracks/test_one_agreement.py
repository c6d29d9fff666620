"""One service agreement: how far it got, since when, and what is odd about it."""

import pytest

from tests.facts_made import OTHER_SHA, fact, retraction
from tests.unit.contracts.tracks.paper import (
    BOUNCED,
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


def test_nothing_known_awaits_eg():
    found = track("agreement")

    assert (found["state"], found["since"], found["agreement_id"]) == ("awaiting_eg", None, None)
    assert (found["details_pending"], found["facts"], found["agreements"]) == (False, [], [])


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([SENT], "sent"),
        ([SENT, DELIVERED], "delivered"),
        ([SENT, DELIVERED, VIEWED], "viewed"),
        ([SENT, BOUNCED], "bounced"),
        ([SENT, SIGNED], "signed"),
        ([SENT, DECLINED], "declined"),
        ([SENT, fact("AgreementExpired", 6)], "expired"),
        ([SENT, fact("AgreementVoided", 6)], "voided"),
        ([SENT, SIGNED, TERMINATED], "terminated"),
    ],
)
def test_the_last_step_is_the_state_and_its_day_the_since(facts, expected):
    found = track("agreement", *facts)

    assert (found["state"], found["since"]) == (expected, facts[-1]["time"])
    assert found["facts"][-1] == facts[-1]["id"]


# Before a terminal fact


def test_viewed_outranks_delivered_whatever_their_times():
    assert state(SENT, fact("AgreementDelivered", 8), VIEWED) == "viewed"


def test_delivered_twice_counts_since_the_first_time():
    assert since(SENT, DELIVERED, fact("AgreementDelivered", 8)) == day(3)


def test_viewed_twice_counts_since_the_first_time():
    assert since(SENT, VIEWED, fact("AgreementViewed", 8)) == day(4)


def test_bounced_twice_counts_since_the_first_time():
    assert since(SENT, BOUNCED, fact("AgreementBounced", 8)) == day(5)


def test_a_bounce_undoes_an_earlier_view():
    assert state(SENT, VIEWED, BOUNCED) == "bounced"


def test_a_bounce_counts_until_a_later_delivery():
    found = track("agreement", SENT, fact("AgreementDelivered", 8, named="again"), BOUNCED)

    assert (found["state"], found["since"], found["facts"]) == ("delivered", day(8), ["sent", "again"])


def test_a_view_counts_again_since_the_delivery_that_ended_the_bounce():
    found = track("agreement", SENT, VIEWED, BOUNCED, fact("AgreementDelivered", 8, named="again"))

    assert (found["state"], found["since"], found["facts"]) == ("viewed", day(8), ["sent", "viewed", "again"])


def test_a_retracted_bounce_leaves_the_view():
    assert since(SENT, VIEWED, BOUNCED, retraction(BOUNCED, 9)) == day(4)


def test_as_of_the_day_of_the_bounce_it_was_bounced():
    assert state(SENT, VIEWED, BOUNCED, fact("AgreementDelivered", 8), as_of=5) == "bounced"


# Terminal facts


def test_the_earliest_terminal_fact_wins_and_one_of_another_kind_is_a_rival():
    found = view(ENROLLED, SENT, DECLINED, SIGNED)

    assert found["tracks"]["agreement"]["state"] == "signed"
    assert odd(found) == [("rival", ["declined"])]


def test_a_second_of_the_winning_kind_is_no_rival():
    assert anomalies(SENT, SIGNED, fact("AgreementSigned", 8)) == []
    assert since(SENT, SIGNED, fact("AgreementSigned", 8)) == day(6)


def test_of_one_instant_the_lesser_id_is_the_earlier_terminal_fact():
    assert state(SENT, fact("AgreementSigned", 6, named="b"), fact("AgreementVoided", 6, named="a")) == "voided"


def test_a_signature_outlives_bounce_and_delivery():
    assert since(SENT, SIGNED, fact("AgreementBounced", 8), fact("AgreementDelivered", 9)) == day(6)


def test_a_retracted_winner_gives_way_to_its_rival():
    assert state(SENT, SIGNED, DECLINED, retraction(SIGNED, 9)) == "declined"
    assert anomalies(SENT, SIGNED, DECLINED, retraction(SIGNED, 9)) == []


def test_the_day_before_it_was_signed_it_was_viewed():
    assert state(SENT, VIEWED, SIGNED, as_of=5) == "viewed"


# Terminations


def test_terminated_twice_is_so_since_the_first_time():
    assert since(SENT, SIGNED, TERMINATED, fact("AgreementTerminated", 12)) == day(9)
    assert anomalies(SENT, SIGNED, TERMINATED, fact("AgreementTerminated", 12)) == []


def test_a_termination_before_the_signature_is_odd_and_changes_nothing():
    early = fact("AgreementTerminated", 3, named="early")

    assert state(early, SENT, SIGNED) == "signed"
    assert anomalies(early, SENT, SIGNED) == [("terminated_without_signature", ["early"])]


def test_a_termination_of_a_declined_agreement_is_odd_and_changes_nothing():
    assert state(SENT, DECLINED, TERMINATED) == "declined"
    assert anomalies(SENT, DECLINED, TERMINATED) == [("terminated_without_signature", ["terminated"])]


def test_a_termination_after_a_rivals_signature_only_is_odd():
    late = fact("AgreementSigned", 8, named="late")

    assert anomalies(SENT, DECLINED, late, TERMINATED) == [
        ("rival", ["late"]),
        ("terminated_without_signature", ["terminated"]),
    ]


def test_a_termination_alone_says_nothing_about_an_agreement():
    found = view(ENROLLED, TERMINATED)

    assert (found["tracks"]["agreement"]["state"], found["tracks"]["agreement"]["agreements"]) == ("awaiting_eg", [])
    assert odd(found) == [("terminated_without_signature", ["terminated"])]


def test_a_retracted_signature_takes_its_termination_with_it():
    assert state(SENT, SIGNED, TERMINATED, retraction(SIGNED)) == "sent"


def test_before_the_termination_it_was_signed():
    assert state(SENT, SIGNED, TERMINATED, as_of=8) == "signed"


# Details pending


@pytest.mark.parametrize(
    ("said", "expected"), [(SIGNED, "signed"), (VIEWED, "viewed"), (BOUNCED, "bounced"), (DECLINED, "declined")]
)
def test_a_fact_heard_before_its_agreement_counts_with_details_pending(said, expected):
    found = track("agreement", said)

    assert (found["state"], found["details_pending"], found["agreement_id"]) == (expected, True, "AG-1")


def test_details_are_there_once_the_agreement_is_known():
    found = track("agreement", SIGNED, SENT)

    assert (found["details_pending"], found["since"]) == (False, day(6))


def test_a_retracted_agreement_leaves_its_signature_with_details_pending():
    assert track("agreement", SENT, SIGNED, retraction(SENT))["details_pending"]


def test_two_agreements_of_one_id_are_one_and_the_earlier_is_the_sent_one():
    resent = fact("AgreementSent", 8, document={"title": "Anden", "version": 2, "sha256": OTHER_SHA})
    found = track("agreement", resent, SENT)

    assert (found["since"], found["agreements"][0]["document"]["title"]) == (day(2), "Serviceaftale")
