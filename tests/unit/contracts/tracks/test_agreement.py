"""Several service agreements: which one counts, and what is odd about there being several."""

import pytest

from tests.facts_made import OTHER_SHA, fact, retraction
from tests.unit.contracts.tracks.told import day, odd, track, view

ENROLLED = fact("MunicipalityEnrolled")


def sent(agreement_id, on, supersedes=None, named=None):
    return fact("AgreementSent", on, named=named or agreement_id, agreement_id=agreement_id, supersedes=supersedes)


def on(name, agreement_id, at, **data):
    return fact(name, at, named=f"{name}-{agreement_id}", agreement_id=agreement_id, **data)


FIRST, SECOND = sent("AG-1", 2), sent("AG-2", 3)
SUCCESSOR = sent("AG-2", 5, supersedes="AG-1")
SIGNED_FIRST = on("AgreementSigned", "AG-1", 4)


def effective(*facts, as_of=None):
    found = track("agreement", *facts, as_of=as_of)
    return found["agreement_id"], found["state"]


# Heads


def test_a_successor_takes_the_place_of_the_agreement_it_supersedes():
    assert effective(FIRST, SUCCESSOR) == ("AG-2", "sent")
    assert [each["superseded"] for each in track("agreement", FIRST, SUCCESSOR)["agreements"]] == [True, False]


def test_a_superseded_agreement_names_its_first_successor():
    third = sent("AG-3", 6, supersedes="AG-1")
    found = track("agreement", third, FIRST, SUCCESSOR)["agreements"]

    assert [each["superseded_by"] for each in found] == ["AG-2", None, None]


def test_a_successor_takes_a_signature_away():
    assert effective(FIRST, SIGNED_FIRST, SUCCESSOR) == ("AG-2", "sent")


def test_another_agreement_takes_no_signature_away():
    assert effective(FIRST, SIGNED_FIRST, SECOND) == ("AG-1", "signed")


def test_a_retracted_successor_gives_the_signature_back():
    assert effective(FIRST, SIGNED_FIRST, SUCCESSOR, retraction(SUCCESSOR)) == ("AG-1", "signed")


def test_before_the_successor_was_sent_the_first_counted():
    assert effective(FIRST, SIGNED_FIRST, SUCCESSOR, as_of=4) == ("AG-1", "signed")


def test_a_successor_ends_the_clarification_of_another_ones_signature():
    mismatch = on("AgreementSigned", "AG-1", 4, document_sha256=OTHER_SHA)
    found = view(ENROLLED, FIRST, mismatch, SUCCESSOR)

    assert found["turn"]["primary"]["action"] == "sign_agreement"


def test_any_agreement_of_an_id_that_counts_may_supersede():
    resent = sent("AG-2", 6, supersedes="AG-1", named="resent")

    assert effective(FIRST, SECOND, resent) == ("AG-2", "sent")


def test_a_chain_of_successors_leaves_the_last():
    assert effective(FIRST, SUCCESSOR, sent("AG-3", 6, supersedes="AG-2")) == ("AG-3", "sent")


# Circles


def test_links_in_a_circle_are_ignored():
    found = view(ENROLLED, sent("AG-1", 2, supersedes="AG-2"), SUCCESSOR)

    assert [each["superseded"] for each in found["tracks"]["agreement"]["agreements"]] == [False, False]
    assert odd(found) == [("parallel_agreements", ["AG-1", "AG-2"]), ("supersedes_cycle", ["AG-1", "AG-2"])]


def test_an_agreement_that_supersedes_itself_is_a_circle():
    found = view(ENROLLED, sent("AG-1", 2, supersedes="AG-1"))

    assert (found["tracks"]["agreement"]["state"], odd(found)) == ("sent", [("supersedes_cycle", ["AG-1"])])


def test_a_link_that_leads_into_a_circle_still_counts():
    circle = (sent("AG-1", 2, supersedes="AG-2"), sent("AG-2", 3, supersedes="AG-1"))
    found = track("agreement", *circle, sent("AG-3", 4, supersedes="AG-1"))

    assert [each["superseded"] for each in found["agreements"]] == [True, False, False]


def test_a_circle_is_broken_by_a_retraction():
    first = sent("AG-1", 2, supersedes="AG-2")

    assert odd(view(ENROLLED, first, SUCCESSOR, retraction(first, 9))) == []


# The head that got furthest


@pytest.mark.parametrize(
    ("further", "behind"),
    [
        ("AgreementSigned", "AgreementViewed"),
        ("AgreementViewed", "AgreementDelivered"),
        ("AgreementDelivered", None),
        (None, "AgreementBounced"),
        ("AgreementBounced", "AgreementDeclined"),
        ("AgreementDeclined", "AgreementExpired"),
        ("AgreementExpired", "AgreementVoided"),
    ],
)
def test_the_head_that_got_furthest_counts(further, behind):
    steps = [on(name, each, 6) for name, each in ((further, "AG-1"), (behind, "AG-2")) if name]

    assert effective(FIRST, SECOND, *steps)[0] == "AG-1"


def test_a_bounced_head_got_further_than_a_terminated_one():
    ended = (SIGNED_FIRST, on("AgreementTerminated", "AG-1", 6))

    assert effective(FIRST, SECOND, *ended, on("AgreementBounced", "AG-2", 6)) == ("AG-2", "bounced")


def test_a_terminated_head_got_further_than_a_declined_one():
    ended = (SIGNED_FIRST, on("AgreementTerminated", "AG-1", 6))

    assert effective(FIRST, SECOND, *ended, on("AgreementDeclined", "AG-2", 6)) == ("AG-1", "terminated")


def test_of_heads_equally_far_the_latest_sent_counts():
    assert effective(SECOND, FIRST) == ("AG-2", "sent")


def test_a_head_whose_agreement_is_known_comes_before_one_whose_is_not():
    assert effective(FIRST, SIGNED_FIRST, on("AgreementSigned", "AG-0", 4))[0] == "AG-1"


def test_of_heads_that_nobody_sent_the_one_of_least_id_counts():
    assert effective(on("AgreementSigned", "AG-9", 3), on("AgreementSigned", "AG-8", 4))[0] == "AG-8"


# Parallel agreements


def test_two_open_heads_are_parallel():
    assert odd(view(ENROLLED, FIRST, SECOND)) == [("parallel_agreements", ["AG-1", "AG-2"])]


def test_a_bounced_head_is_open():
    assert odd(view(ENROLLED, FIRST, SECOND, on("AgreementBounced", "AG-1", 6))) == [
        ("parallel_agreements", ["AG-1", "AG-2"])
    ]


def test_a_signed_and_an_open_head_are_parallel():
    assert odd(view(ENROLLED, FIRST, SECOND, SIGNED_FIRST)) == [("parallel_agreements", ["AG-1", "AG-2"])]


def test_a_head_that_nobody_sent_is_named_by_what_made_it_so():
    assert odd(view(ENROLLED, FIRST, on("AgreementViewed", "AG-2", 4))) == [
        ("parallel_agreements", ["AG-1", "AgreementViewed-AG-2"])
    ]


@pytest.mark.parametrize("name", ["AgreementDeclined", "AgreementExpired", "AgreementVoided"])
def test_a_head_that_ended_without_a_signature_is_not_parallel(name):
    assert odd(view(ENROLLED, FIRST, SECOND, on(name, "AG-1", 6))) == []


def test_a_superseded_agreement_is_not_parallel():
    assert odd(view(ENROLLED, FIRST, SUCCESSOR)) == []


# Batches


def test_every_agreement_that_counts_tells_its_batch():
    in_batch = fact("AgreementSent", 2, batch_id="B1")
    again = fact("AgreementSent", 4, batch_id="B2", agreement_id="AG-2")
    retracted = fact("AgreementSent", 5, batch_id="B3", agreement_id="AG-3")

    assert track("agreement", in_batch, again, retracted, retraction(retracted))["batches"] == [
        {"batch_id": "B1", "sent": day(2)},
        {"batch_id": "B2", "sent": day(4)},
    ]


def test_an_agreement_outside_a_batch_tells_none():
    assert track("agreement", FIRST)["batches"] == []
