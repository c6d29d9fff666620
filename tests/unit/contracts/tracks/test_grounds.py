"""What a value rests on: the fact since which it holds without a break."""

from contracts.tracks.grounds import ids, in_time, since, turning_point
from tests.facts_made import as_fact, fact, placed


def told(*days):
    return [as_fact(each) for each in placed(fact("AgreementViewed", on, named=f"e{n}") for n, on in enumerate(days))]


def point(days, states, start=None):
    found = turning_point(zip(told(*days), states, strict=True), start)
    return found and found.id


def test_nothing_told_is_no_turning_point():
    assert point([], []) is None


def test_a_state_holds_since_the_fact_that_made_it_true():
    assert point([1, 2, 3], ["a", "b", "b"]) == "e1"


def test_a_state_that_came_back_holds_since_it_came_back():
    assert point([1, 2, 3], ["a", "b", "a"]) == "e2"


def test_the_state_before_all_facts_needs_none():
    assert point([1, 2], ["none", "none"], start="none") is None


def test_a_state_that_came_back_to_the_start_holds_since_then():
    assert point([1, 2], ["a", "none"], start="none") == "e1"


def test_a_break_within_one_instant_is_none():
    assert point([1, 2, 2], ["a", "b", "a"]) == "e0"


def test_of_one_instant_the_fact_after_which_it_stays_so_is_named():
    assert point([1, 2, 2, 2], ["a", "b", "c", "c"]) == "e2"


def test_a_state_that_began_at_the_last_of_one_instant_goes_on():
    assert point([1, 1, 2], ["a", "b", "b"]) == "e1"


def test_since_is_shown_short():
    assert (since(told(3)[0]), since(None)) == ("2026-02-03T09:00:00Z", None)


def test_instants_with_and_without_a_fraction_sort_in_time():
    shown = ["2026-02-01T09:00:01Z", "2026-02-01T09:00:00.000001Z", "2026-02-01T09:00:00Z"]

    assert sorted(shown, key=in_time) == shown[::-1]


def test_ids_are_named_once_and_gaps_left_out():
    first, second = told(1, 2)

    assert ids([second, None, first, second]) == ["e1", "e0"]
