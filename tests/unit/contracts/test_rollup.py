"""Over a rollout: goal and result apart, at once, one webinar for all, and the EAN radar."""

import pytest

from contracts.progress import derive_settled
from contracts.rollup import ean_conflicts, rollup
from contracts.settle import settle
from tests.facts_made import EANS, Plain, fact, placed, retraction, union

ENROLLED = fact("MunicipalityEnrolled")
SENT = fact("AgreementSent", 2, batch_id="B1")
SIGNED = fact("AgreementSigned", 3)
ORIENTED = (fact("StakeholderOriented", 2), fact("StakeholderOriented", 3, role="erp_dialog"))
FORWARDED = (fact("ForwardingConfigured", 4), fact("ForwardingVerified", 5))
RECEIVING = (ENROLLED, SENT, SIGNED, *FORWARDED)
DISPATCHED = fact("AgreementBatchDispatched", 2, named="dispatched", roster=["0101", "0147"])


def rolled(*whole: Plain, **told: tuple[Plain, ...]) -> dict:
    """Return the roll-up; municipalities are named `m0101=(facts, …)`."""
    settled = settle(union(placed(whole)))
    progress = {code[1:]: derive_settled(settle(union(placed(facts))), settled) for code, facts in told.items()}
    return rollup(settled, progress)


def batch(*whole: Plain, **told: tuple[Plain, ...]) -> dict:
    found = rolled(*whole, **told)["batches"][0]
    return {name: found[name] for name in ("missing", "extra", "late")}


# Figures


def test_nobody_applicable_has_no_percent():
    found = rolled(m0101=(), m0147=())

    assert (found["applicable"], found["goal_percent"], found["result_percent"], found["stages"]) == (0, None, None, {})


def test_goal_and_result_are_two_figures_over_those_applicable():
    found = rolled(m0101=RECEIVING, m0147=(ENROLLED, *ORIENTED), m0151=(ENROLLED, *ORIENTED), m0153=ORIENTED)

    assert (found["applicable"], found["oriented"], found["goal_percent"]) == (3, 2, 66.7)
    assert (found["receiving"], found["result_percent"]) == (1, 33.3)


def test_everybody_is_a_hundred_percent():
    assert rolled(m0101=RECEIVING)["result_percent"] == 100.0


def test_a_half_of_a_tenth_is_rounded_up():
    others = {f"m{code:04}": (ENROLLED,) for code in range(15)}

    assert rolled(m0101=RECEIVING, **others)["result_percent"] == 6.3


def test_stages_are_counted_over_those_applicable():
    found = rolled(m0101=RECEIVING, m0147=(ENROLLED,), m0151=(ENROLLED,), m0153=())

    assert found["stages"] == {"receiving": 1, "to_orient": 2}


# At once


def test_without_a_dispatch_there_is_no_batch():
    assert rolled(m0101=(ENROLLED, SENT))["batches"] == []


def test_a_batch_that_all_of_its_roster_got_has_nothing_to_show():
    assert batch(DISPATCHED, m0101=(SENT,), m0147=(SENT,)) == {"missing": [], "extra": [], "late": []}


def test_whoever_of_the_roster_got_nothing_is_missing():
    assert batch(DISPATCHED, m0101=(SENT,), m0147=()) == {"missing": ["0147"], "extra": [], "late": []}


def test_an_agreement_of_another_batch_leaves_it_missing():
    assert batch(DISPATCHED, m0101=(SENT,), m0147=(fact("AgreementSent", 2, batch_id="B2"),))["missing"] == ["0147"]


def test_a_retracted_agreement_leaves_it_missing():
    assert batch(DISPATCHED, m0101=(SENT,), m0147=(SENT, retraction(SENT)))["missing"] == ["0147"]


def test_whoever_got_one_outside_the_roster_is_extra():
    assert batch(DISPATCHED, m0101=(SENT,), m0147=(SENT,), m0151=(SENT,))["extra"] == ["0151"]


@pytest.mark.parametrize(
    ("time", "late"),
    [("2026-02-03T09:00:00Z", []), ("2026-02-03T09:00:00.000001Z", ["0147"]), ("2026-02-01T09:00:00Z", [])],
)
def test_later_than_a_day_after_the_dispatch_is_late(time, late):
    assert batch(DISPATCHED, m0101=(SENT,), m0147=(fact("AgreementSent", time=time, batch_id="B1"),))["late"] == late


def test_who_was_sent_to_twice_is_judged_by_the_first():
    again = fact("AgreementSent", 9, batch_id="B1", agreement_id="AG-2")

    assert batch(DISPATCHED, m0101=(SENT,), m0147=(again, SENT))["late"] == []


def test_of_two_dispatches_of_one_batch_the_earlier_counts():
    again = fact("AgreementBatchDispatched", 9, roster=["0151"])

    assert batch(again, DISPATCHED, m0101=(SENT,), m0147=(SENT,)) == {"missing": [], "extra": [], "late": []}


def test_a_retracted_dispatch_is_none():
    assert rolled(DISPATCHED, retraction(DISPATCHED), m0101=(SENT,))["batches"] == []


def test_batches_stand_in_the_order_of_their_ids():
    second = fact("AgreementBatchDispatched", 1, batch_id="B2", roster=["0101"])
    found = rolled(second, DISPATCHED, m0101=())["batches"]

    assert [(each["batch_id"], each["roster"], each["dispatched"][8:10]) for each in found] == [
        ("B1", 2, "02"),
        ("B2", 1, "01"),
    ]


# One webinar for all


def test_whoever_is_applicable_and_not_invited_is_named():
    invited = fact("WebinarInvited", 3)
    told = {"m0147": (ENROLLED, invited), "m0101": (ENROLLED,), "m0151": (), "m0153": (ENROLLED, SENT)}

    assert rolled(fact("WebinarScheduled", 2), **told)["not_invited"] == ["0101", "0153"]


def test_a_retracted_invitation_is_none():
    invited = fact("WebinarInvited", 3)

    assert rolled(m0101=(ENROLLED, invited, retraction(invited)))["not_invited"] == ["0101"]


def test_a_service_that_does_not_read_invitations_says_nothing_about_them():
    whole = settle([])
    progress = derive_settled(settle(union(placed([ENROLLED]))), whole)
    del progress["tracks"]["information"]

    assert rollup(whole, {"0101": progress})["not_invited"] is None


# The EAN radar


def test_an_ean_that_is_active_at_two_is_named_with_both():
    rules = [{"ean": ean, "valid_from": "2026-02-01"} for ean in EANS]
    found = rolled(
        m0147=(ENROLLED, fact("ForwardingConfigured", 4)),
        m0101=(ENROLLED, fact("ForwardingConfigured", 4, rules=rules)),
    )

    assert found["ean_conflicts"] == [{"ean": EANS[0], "municipalities": ["0101", "0147"]}]


def test_an_ean_that_is_no_longer_active_elsewhere_is_no_conflict():
    progress = {
        code: derive_settled(settle(union(placed(facts))), settle([]))
        for code, facts in {"0101": FORWARDED, "0147": (*FORWARDED, fact("ForwardingDisabled", 6))}.items()
    }

    assert ean_conflicts(progress) == []
