"""Enrolment: the later word says whether the card concerns a municipality."""

from tests.facts_made import fact, retraction
from tests.unit.contracts.tracks.told import day, odd, view

ENROLLED = fact("MunicipalityEnrolled", 1)
WITHDRAWN = fact("MunicipalityWithdrawn", 5)
SENT = fact("AgreementSent", 3, named="sent")


def enrolment(*facts, as_of=None):
    return view(*facts, as_of=as_of)["enrolment"]


def test_nothing_known_is_not_enrolled():
    assert enrolment() == {"state": "none", "since": None, "facts": [], "erp": None, "roster_source": None}


def test_an_enrolment_is_shown_with_its_erp_and_its_source():
    assert enrolment(ENROLLED) == {
        "state": "enrolled",
        "since": day(1),
        "facts": [ENROLLED["id"]],
        "erp": "ØS Indsigt",
        "roster_source": "EG",
    }


def test_a_later_withdrawal_wins():
    found = enrolment(ENROLLED, WITHDRAWN)

    assert (found["state"], found["since"]) == ("withdrawn", day(5))


def test_a_withdrawal_dated_earlier_loses_whenever_it_was_heard():
    assert enrolment(fact("MunicipalityEnrolled", 6), WITHDRAWN)["state"] == "enrolled"


def test_who_was_enrolled_twice_was_so_since_the_first_time():
    assert enrolment(ENROLLED, fact("MunicipalityEnrolled", 4))["since"] == day(1)


def test_a_retracted_withdrawal_leaves_the_enrolment():
    assert enrolment(ENROLLED, WITHDRAWN, retraction(WITHDRAWN, 9))["since"] == day(1)


def test_before_the_withdrawal_it_was_enrolled():
    assert enrolment(ENROLLED, WITHDRAWN, as_of=4)["state"] == "enrolled"


def test_an_agreement_to_one_never_enrolled_is_odd_and_still_shown():
    found = view(SENT)

    assert odd(found) == [("not_enrolled", ["sent"])]
    assert (found["stage"], found["tracks"]["agreement"]["state"]) == ("not_applicable", "sent")


def test_an_agreement_to_one_that_withdrew_is_not_odd():
    assert odd(view(ENROLLED, SENT, WITHDRAWN)) == []


def test_a_retracted_enrolment_is_none():
    assert odd(view(ENROLLED, SENT, retraction(ENROLLED))) == [("not_enrolled", ["sent"])]
