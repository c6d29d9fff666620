"""Forwarding: what is set up on which EAN, and whether an eFaktura came through."""

import pytest

from tests.facts_made import EANS, fact, retraction
from tests.unit.contracts.tracks.told import day, odd, track, view

ONE, TWO, THREE = EANS
ENROLLED = fact("MunicipalityEnrolled")


def configured(on, *eans, revision=1, config="C-1", ended=()):
    rules = [{"ean": ean, "valid_from": "2026-02-01"} for ean in eans]
    rules += [{"ean": ean, "valid_from": "2026-02-01", "valid_to": "2026-03-01"} for ean in ended]
    return fact(
        "ForwardingConfigured", on, named=f"{config}-{revision}-{on}", config_id=config, revision=revision, rules=rules
    )


def disabled(on, revision=2, config="C-1"):
    return fact("ForwardingDisabled", on, named=f"off-{config}-{on}", config_id=config, revision=revision)


def verified(on, ean=ONE, revision=1, config="C-1"):
    return fact("ForwardingVerified", on, named=f"ok-{ean}-{on}", config_id=config, revision=revision, ean=ean)


def failed(on, ean=ONE, revision=1, config="C-1"):
    return fact("ForwardingFailed", on, named=f"bad-{ean}-{on}", config_id=config, revision=revision, ean=ean)


def state(*facts, as_of=None):
    return track("forwarding", *facts, as_of=as_of)["state"]


def eans(*facts):
    return track("forwarding", *facts)["eans"]


def since(*facts):
    return track("forwarding", *facts)["since"]


def test_nothing_known_is_none():
    assert track("forwarding") == {
        "state": "none",
        "since": None,
        "eans": {},
        "facts": [],
        "because": {},
        "configs": [],
        "failure": None,
    }


# One configuration


def test_a_set_up_ean_is_configured():
    found = track("forwarding", configured(2, ONE))

    assert (found["state"], found["since"], found["eans"]) == ("configured", day(2), {ONE: "configured"})


def test_it_is_verified_once_each_active_ean_is():
    found = track("forwarding", configured(2, ONE, TWO), verified(4), verified(6, TWO))

    assert (found["state"], found["since"], found["eans"]) == ("verified", day(6), {ONE: "verified", TWO: "verified"})


def test_one_of_two_verified_is_still_configured_since_it_was_set_up():
    found = track("forwarding", configured(2, ONE, TWO), verified(4))

    assert (found["state"], found["since"]) == ("configured", day(2))


def test_it_failed_when_any_active_ean_did():
    found = track("forwarding", configured(2, ONE, TWO), verified(4), failed(5, TWO))

    assert (found["state"], found["since"]) == ("failed", day(5))


def test_it_failed_since_the_first_of_several_failures_without_a_break():
    assert since(configured(2, ONE, TWO), failed(3), failed(5, TWO), verified(6)) == day(3)


def test_of_verified_and_failed_the_later_counts():
    assert state(configured(2, ONE), failed(5), verified(6)) == "verified"
    assert state(configured(2, ONE), verified(5), failed(6)) == "failed"


def test_verified_twice_is_so_since_the_first_time():
    assert since(configured(2, ONE), verified(4), verified(8)) == day(4)


def test_a_retracted_failure_leaves_it_verified():
    assert since(configured(2, ONE), verified(4), failed(5), retraction(failed(5), 9)) == day(4)


def test_before_the_first_invoice_it_was_configured():
    assert state(configured(2, ONE), verified(4), as_of=3) == "configured"


def test_an_outcome_heard_before_its_configuration_counts():
    assert state(verified(4), configured(2, ONE)) == "verified"


def test_an_outcome_dated_before_its_configuration_counts_since_the_configuration():
    assert since(verified(2), configured(4, ONE)) == day(4)


def test_an_outcome_without_a_configuration_says_nothing():
    assert track("forwarding", verified(4))["state"] == "none"
    assert odd(view(ENROLLED, verified(4))) == []


def test_a_rule_with_an_end_is_not_active():
    assert eans(configured(2, ONE, ended=[TWO])) == {ONE: "configured"}


def test_an_ean_with_an_ended_and_an_open_rule_is_active():
    assert eans(configured(2, ONE, ended=[ONE])) == {ONE: "configured"}


def test_a_null_end_is_no_end():
    rules = [{"ean": ONE, "valid_from": "2026-02-01", "valid_to": None}]

    assert eans(fact("ForwardingConfigured", 2, rules=rules)) == {ONE: "configured"}


def test_without_an_active_ean_it_is_configured_and_never_verified():
    assert state(configured(2, ended=[ONE]), verified(1)) == "configured"


# Revisions


def test_the_newest_revision_counts_whatever_its_time():
    assert eans(configured(2, TWO, revision=2), configured(5, ONE, revision=1)) == {TWO: "configured"}


def test_of_one_revision_the_later_counts():
    assert eans(configured(5, TWO), configured(2, ONE)) == {TWO: "configured"}


def test_an_outcome_speaks_of_its_own_revision_only():
    assert state(configured(2, ONE), verified(3), configured(4, ONE, revision=2)) == "configured"
    assert state(configured(2, ONE), configured(4, ONE, revision=2), verified(5, revision=1)) == "configured"


def test_a_retracted_revision_gives_the_older_one_back():
    newer = configured(4, ONE, revision=2)

    assert since(configured(2, ONE), verified(3), newer, retraction(newer)) == day(3)


def test_a_disabled_configuration_has_no_active_ean():
    found = track("forwarding", configured(2, ONE), verified(3), disabled(5))

    assert (found["state"], found["since"], found["eans"]) == ("disabled", day(5), {})


def test_a_disabling_of_an_older_revision_changes_nothing():
    assert state(configured(2, ONE, revision=3), disabled(5)) == "configured"


def test_what_was_disabled_can_be_set_up_again():
    assert state(configured(2, ONE), disabled(3), configured(4, ONE, revision=3)) == "configured"


def test_before_it_was_disabled_it_was_verified():
    assert state(configured(2, ONE), verified(3), disabled(5), as_of=4) == "verified"


# Several configurations


def test_the_eans_of_several_configurations_stand_together():
    assert eans(configured(2, TWO), configured(3, ONE, config="C-2"), verified(4, TWO)) == {
        ONE: "configured",
        TWO: "verified",
    }


def test_it_is_disabled_only_when_all_are():
    assert state(disabled(2), configured(3, ONE, config="C-2")) == "configured"
    assert state(disabled(2), disabled(3, config="C-2")) == "disabled"


def test_a_disabled_configuration_does_not_hold_up_a_verified_one():
    assert state(disabled(2), configured(3, ONE, config="C-2"), verified(4, config="C-2")) == "verified"


@pytest.mark.parametrize(
    ("outcomes", "shown"),
    [
        ([verified(4), failed(4, config="C-2")], "failed"),
        ([verified(4)], "configured"),
        ([verified(4), verified(5, config="C-2")], "verified"),
    ],
)
def test_an_ean_in_two_configurations_shows_what_most_needs_a_look(outcomes, shown):
    found = track("forwarding", configured(2, ONE), configured(2, ONE, config="C-2"), *outcomes)

    assert (found["state"], found["eans"]) == (shown, {ONE: shown})


# Odd, and shown


def test_an_outcome_on_an_ean_that_is_not_active_is_odd():
    assert odd(view(ENROLLED, configured(2, ONE), verified(4, TWO))) == [("retired_ean_used", [f"ok-{TWO}-4"])]


def test_an_outcome_dated_before_the_newest_revision_is_not_odd():
    assert odd(view(ENROLLED, configured(2, TWO), verified(3, TWO), configured(4, ONE, revision=2))) == []


def test_an_outcome_of_the_very_instant_of_the_newest_revision_is_not_odd():
    assert odd(view(ENROLLED, configured(4, ONE), failed(4, TWO))) == []


def test_an_outcome_on_a_disabled_configuration_is_odd():
    assert odd(view(ENROLLED, configured(2, ONE), disabled(3), failed(4))) == [("retired_ean_used", [f"bad-{ONE}-4"])]


def test_the_facts_behind_each_ean_are_told_apart():
    found = track("forwarding", configured(2, ONE, TWO), verified(4, TWO))

    assert found["because"] == {ONE: ["C-1-1-2"], TWO: ["C-1-1-2", f"ok-{TWO}-4"]}
    assert found["facts"] == ["C-1-1-2", f"ok-{TWO}-4"]


def test_the_configurations_are_shown():
    found = track("forwarding", configured(2, TWO, ONE), disabled(3, config="C-2"))

    assert found["configs"] == [
        {"config_id": "C-1", "revision": 1, "state": "configured", "since": day(2), "eans": [TWO, ONE]},
        {"config_id": "C-2", "revision": 2, "state": "disabled", "since": day(3), "eans": []},
    ]


def test_the_first_failure_is_shown_with_its_code():
    broken = fact("ForwardingFailed", 4, ean=TWO, code="REJECTED", detail="Ukendt modtager")

    assert track("forwarding", configured(2, ONE, TWO, THREE), verified(3), broken)["failure"] == {
        "ean": TWO,
        "code": "REJECTED",
        "detail": "Ukendt modtager",
    }
