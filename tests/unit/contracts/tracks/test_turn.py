"""Whose turn it is: the stage's own action first, the other possible ones beside it."""

import pytest

from contracts.tracks.stage import Stage
from contracts.tracks.turn import PRIMARY
from tests.facts_made import EANS, OTHER_SHA, fact, retraction
from tests.unit.contracts.tracks.told import day, view

ENROLLED = fact("MunicipalityEnrolled")
SIGNER = fact("StakeholderOriented", 2, named="signer")
OWNER = fact("StakeholderOriented", 3, named="owner", role="systemansvarlig_bogfoering")
SENT = fact("AgreementSent", 4, named="sent")
SIGNED = fact("AgreementSigned", 6, named="signed")
DECLINED = fact("AgreementDeclined", 6, named="declined")
MISMATCH = fact("AgreementSigned", 5, named="mismatch", document_sha256=OTHER_SHA)
CONFIGURED = fact("ForwardingConfigured", 7, named="configured")
FAILED = fact("ForwardingFailed", 8, named="failed")
VERIFIED = fact("ForwardingVerified", 9, named="verified")
COMPLETED = fact("TaskCompleted", 5, named="completed")


def turn(*facts):
    return view(ENROLLED, *facts)["turn"]


def listed(*facts):
    found = turn(*facts)
    return [found["primary"]["action"], *(each["action"] for each in found["others"])]


def test_every_stage_with_a_turn_has_its_primary_action():
    assert set(Stage) - set(PRIMARY) == {Stage.RECEIVING, Stage.NOT_APPLICABLE}


def test_whoever_is_not_enrolled_has_nothing_to_do_at_all():
    assert view(SIGNER, SENT)["turn"] == {
        "primary": {"actor": "nobody", "action": "none", "role": None, "since": None, "because": []},
        "others": [],
    }


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([], ["orient_roles", "await_eg"]),
        ([SIGNER, OWNER], ["await_eg", "may_complete_task"]),
        ([SIGNER, OWNER, COMPLETED], ["await_eg"]),
        ([SENT], ["sign_agreement", "orient_roles"]),
        ([SIGNER, OWNER, SENT], ["sign_agreement", "may_complete_task"]),
        ([SENT, MISMATCH], ["clarify_signature", "orient_roles"]),
        ([SENT, DECLINED], ["renew_agreement", "orient_roles"]),
        ([SENT, DECLINED, CONFIGURED], ["renew_agreement", "orient_roles", "await_first_invoice"]),
        ([SENT, DECLINED, CONFIGURED, FAILED], ["renew_agreement", "orient_roles", "check_ean_setup"]),
        ([CONFIGURED, FAILED], ["check_ean_setup", "orient_roles", "await_eg"]),
        ([SENT, CONFIGURED, FAILED], ["check_ean_setup", "orient_roles", "sign_agreement"]),
        ([SENT, SIGNED], ["set_up_forwarding", "orient_roles"]),
        ([SENT, CONFIGURED], ["sign_agreement", "orient_roles", "await_first_invoice"]),
        ([SENT, SIGNED, CONFIGURED], ["await_first_invoice", "orient_roles"]),
        ([SENT, SIGNED, CONFIGURED, VERIFIED], ["none", "orient_roles"]),
        ([SIGNER, OWNER, SENT, SIGNED, CONFIGURED, VERIFIED], ["none", "may_complete_task"]),
        ([SIGNER, OWNER, COMPLETED, SENT, SIGNED, CONFIGURED, VERIFIED], ["none"]),
    ],
)
def test_the_primary_action_comes_first_and_the_others_in_the_order_of_the_table(facts, expected):
    assert listed(*facts) == expected


@pytest.mark.parametrize(
    ("facts", "actor", "role"),
    [
        ([], "municipality", "aftaleadministrator"),
        ([SIGNER], "municipality", "systemansvarlig_bogfoering"),
        ([SIGNER, OWNER], "eg", None),
        ([SENT], "municipality", "aftaleadministrator"),
        ([SENT, MISMATCH], "eg", None),
        ([SENT, DECLINED], "eg", None),
        ([CONFIGURED, FAILED], "municipality", "systemansvarlig_bogfoering"),
        ([SENT, SIGNED], "municipality", "systemansvarlig_bogfoering"),
        ([SENT, SIGNED, CONFIGURED], "eg", None),
        ([SENT, SIGNED, CONFIGURED, VERIFIED], "nobody", None),
    ],
)
def test_the_primary_action_says_who_acts_and_in_which_role(facts, actor, role):
    primary = turn(*facts)["primary"]

    assert (primary["actor"], primary["role"]) == (actor, role)


@pytest.mark.parametrize(
    ("facts", "since", "because"),
    [
        ([SIGNER], None, []),
        ([SIGNER, OWNER], day(3), ["signer", "owner"]),
        ([SENT], day(4), ["sent"]),
        ([SENT, MISMATCH], day(5), ["sent", "mismatch"]),
        ([SENT, DECLINED], day(6), ["sent", "declined"]),
        ([SENT, SIGNED], day(6), ["sent", "signed"]),
        ([SENT, SIGNED, CONFIGURED], day(7), ["configured"]),
        ([CONFIGURED, FAILED], day(8), ["configured", "failed"]),
        ([SENT, SIGNED, CONFIGURED, VERIFIED], day(9), ["sent", "signed", "configured", "verified"]),
    ],
)
def test_the_primary_action_says_since_when_and_because_of_what(facts, since, because):
    primary = turn(*facts)["primary"]

    assert (primary["since"], sorted(primary["because"])) == (since, sorted(because))


def test_opening_an_agreement_does_not_start_the_wait_for_a_signature_anew():
    viewed = fact("AgreementViewed", 5, named="viewed")

    assert turn(SENT, viewed)["primary"]["since"] == day(4)


def test_a_bounce_and_what_follows_it_are_one_wait_for_a_new_agreement():
    bounced = fact("AgreementBounced", 5)

    assert turn(SENT, bounced, DECLINED)["primary"]["since"] == day(5)


def test_what_was_switched_off_before_the_signature_is_to_be_set_up_since_the_signature():
    off = fact("ForwardingDisabled", 5)

    assert turn(SENT, off, SIGNED)["primary"]["since"] == day(6)


def test_a_fraction_of_a_second_counts_in_the_later_of_two():
    signed = fact("AgreementSigned", time="2026-02-05T09:00:00Z")
    off = fact("ForwardingDisabled", time="2026-02-05T09:00:00.5Z")

    assert turn(SENT, signed, off)["primary"]["since"] == "2026-02-05T09:00:00.500000Z"


def test_a_reopened_task_may_be_completed_since_then():
    reopened = fact("TaskReopened", 8, named="reopened")
    action = turn(SIGNER, OWNER, COMPLETED, reopened)["others"][-1]

    assert (action["action"], action["since"]) == ("may_complete_task", day(8))
    assert action["because"] == ["signer", "owner", "reopened"]


def test_whoever_was_assigned_may_complete_the_task():
    assigned = fact("TaskAssigned", 4)

    assert turn(SIGNER, OWNER, assigned)["others"][-1]["role"] == "kp_systemansvarlig"


def test_a_retracted_mismatch_gives_the_turn_back_to_the_municipality():
    assert listed(SENT, MISMATCH, retraction(MISMATCH))[0] == "sign_agreement"


def test_the_order_on_the_log_does_not_matter():
    story = (SIGNER, OWNER, SENT, MISMATCH, CONFIGURED, FAILED)

    assert turn(*story) == turn(*reversed(story))


def test_an_ean_that_nobody_verified_yet_is_awaited_though_another_one_is():
    both = [{"ean": ean, "valid_from": "2026-02-01"} for ean in EANS[:2]]

    assert listed(SENT, SIGNED, fact("ForwardingConfigured", 7, rules=both), VERIFIED)[0] == "await_first_invoice"
