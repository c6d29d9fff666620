"""Orientation: who must know the plan, and since when they do."""

import pytest

from tests.facts_made import Plain, fact, retraction
from tests.unit.contracts.tracks.told import day, track


def oriented(role: str, on: int, named: str | None = None) -> Plain:
    return fact("StakeholderOriented", on, named=named or f"{role}-{on}", role=role)


SIGNER = oriented("aftaleadministrator", 2)
OWNER = oriented("systemansvarlig_bogfoering", 3)
STAND_IN = oriented("erp_dialog", 4)
BOTH_MISSING = ["aftaleadministrator", "systemansvarlig_bogfoering"]


def test_nobody_is_oriented_when_nothing_was_said():
    assert track("orientation") == {"state": "none", "since": None, "missing": BOTH_MISSING, "facts": [], "roles": {}}


@pytest.mark.parametrize(
    ("said", "missing"),
    [(SIGNER, "systemansvarlig_bogfoering"), (OWNER, "aftaleadministrator"), (STAND_IN, "aftaleadministrator")],
)
def test_one_of_the_two_is_partial_and_names_the_other(said, missing):
    found = track("orientation", said)

    assert (found["state"], found["missing"], found["facts"]) == ("partial", [missing], [said["id"]])


@pytest.mark.parametrize("other", [OWNER, STAND_IN])
def test_the_aftaleadministrator_and_either_of_the_pair_make_it_oriented(other):
    found = track("orientation", SIGNER, other)

    assert (found["state"], found["missing"]) == ("oriented", [])


def test_the_pair_alone_is_not_enough():
    assert track("orientation", OWNER, STAND_IN)["state"] == "partial"


@pytest.mark.parametrize("role", ["kp_systemansvarlig", "oeir_koordinator", "oekonomiafdeling"])
def test_other_roles_leave_it_at_none_and_are_shown(role):
    found = track("orientation", oriented(role, 2))

    assert (found["state"], found["since"], found["roles"]) == ("none", None, {role: day(2)})


def test_it_is_oriented_since_the_one_who_made_it_complete():
    assert track("orientation", STAND_IN, SIGNER, OWNER)["since"] == day(3)


def test_whoever_is_oriented_again_was_so_since_the_first_time():
    found = track("orientation", SIGNER, OWNER, oriented("systemansvarlig_bogfoering", 9))

    assert (found["since"], found["facts"]) == (day(3), [SIGNER["id"], OWNER["id"]])


def test_the_order_on_the_log_does_not_matter():
    assert track("orientation", OWNER, STAND_IN, SIGNER) == track("orientation", SIGNER, STAND_IN, OWNER)


def test_a_retracted_orientation_makes_it_partial_again():
    assert track("orientation", SIGNER, OWNER, retraction(SIGNER, 9))["missing"] == ["aftaleadministrator"]


def test_the_stand_in_carries_it_when_the_owner_is_retracted():
    found = track("orientation", SIGNER, OWNER, STAND_IN, retraction(OWNER, 9))

    assert (found["state"], found["since"]) == ("oriented", day(4))


def test_the_day_before_it_was_complete_it_was_partial():
    assert track("orientation", SIGNER, OWNER, as_of=2)["state"] == "partial"
