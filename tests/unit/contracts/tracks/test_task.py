"""The KLIK task: the municipality's own word, and what is odd about its time."""

from tests.facts_made import fact, retraction
from tests.unit.contracts.tracks.told import day, odd, track, view

SIGNER = fact("StakeholderOriented", 3, named="signer")
OWNER = fact("StakeholderOriented", 4, named="owner", role="systemansvarlig_bogfoering")
COMPLETED = fact("TaskCompleted", 5, named="completed")
REOPENED = fact("TaskReopened", 6, named="reopened", reason="Mangler svar")


def test_a_task_is_open_until_somebody_says_otherwise():
    found = track("task", SIGNER, OWNER)

    assert (found["state"], found["since"], found["premature"], found["facts"]) == ("open", None, False, [])


def test_completed_since_its_day():
    found = track("task", SIGNER, OWNER, COMPLETED)

    assert (found["state"], found["since"], found["facts"]) == ("completed", day(5), ["completed"])


def test_reopened_later_is_open_with_its_reason():
    found = track("task", SIGNER, OWNER, COMPLETED, REOPENED)

    assert (found["state"], found["since"], found["reopened"]) == ("open", day(6), "Mangler svar")


def test_reopened_earlier_and_heard_later_changes_nothing():
    found = track("task", fact("TaskReopened", 4), SIGNER, OWNER, COMPLETED)

    assert (found["state"], found["reopened"]) == ("completed", None)


def test_completed_twice_is_so_since_the_first_time():
    assert track("task", COMPLETED, fact("TaskCompleted", 8))["since"] == day(5)


def test_completed_again_after_it_was_reopened_is_so_since_then():
    assert track("task", COMPLETED, REOPENED, fact("TaskCompleted", 8))["since"] == day(8)


def test_a_retracted_reopening_leaves_it_completed():
    assert track("task", COMPLETED, REOPENED, retraction(REOPENED, 9))["since"] == day(5)


def test_before_it_was_reopened_it_was_completed():
    assert track("task", COMPLETED, REOPENED, as_of=5)["state"] == "completed"


def test_of_one_instant_the_greater_id_is_the_later_word():
    assert track("task", fact("TaskReopened", 5, named="b"), fact("TaskCompleted", 5, named="a"))["state"] == "open"


def test_completed_before_everybody_was_oriented_is_premature():
    assert track("task", SIGNER, COMPLETED)["premature"]


def test_completed_once_everybody_was_oriented_is_not():
    assert not track("task", SIGNER, OWNER, COMPLETED)["premature"]


def test_an_open_task_is_never_premature():
    assert not track("task", COMPLETED, REOPENED)["premature"]


def test_an_orientation_after_the_completion_takes_premature_away_and_is_late():
    found = view(fact("TaskCompleted", 2, named="early"), SIGNER, OWNER)

    assert not found["tracks"]["task"]["premature"]
    assert odd(found) == [("late_orientation", ["early"])]


def test_a_late_orientation_stays_odd_when_the_task_was_reopened_since():
    assert odd(view(fact("TaskCompleted", 2, named="early"), SIGNER, OWNER, REOPENED)) == [
        ("late_orientation", ["early"])
    ]


def test_a_completion_of_the_very_instant_of_the_orientation_is_not_early():
    assert odd(view(SIGNER, OWNER, fact("TaskCompleted", 4))) == []


def test_a_completion_a_moment_before_the_orientation_is_early():
    just_before = fact("TaskCompleted", named="early", time="2026-02-04T08:59:59.999999Z")

    assert odd(view(SIGNER, OWNER, just_before)) == [("late_orientation", ["early"])]


def test_a_completion_within_the_second_of_the_orientation_is_told_apart():
    owner = fact("StakeholderOriented", role="systemansvarlig_bogfoering", time="2026-02-04T09:00:00.5Z")

    assert odd(view(SIGNER, owner, fact("TaskCompleted", 4, named="early"))) == [("late_orientation", ["early"])]


def test_the_latest_assignment_is_shown():
    first = fact("TaskAssigned", 2)
    second = fact("TaskAssigned", 3, responsible_role="systemansvarlig_bogfoering", performer_role="erp_dialog")
    found = track("task", second, first)

    assert (found["responsible_role"], found["performer_role"]) == ("systemansvarlig_bogfoering", "erp_dialog")


def test_nobody_is_assigned_by_default():
    assert track("task")["responsible_role"] is None


def test_a_local_item_is_open_until_it_is_closed():
    added, closed = fact("LocalItemAdded", 2), fact("LocalItemClosed", 4, text="Gjort")

    assert track("task", added)["local_items"] == [
        {"item_id": "L-1", "text": "Spørg lønkontoret", "state": "open", "since": day(2)}
    ]
    assert track("task", closed, added)["local_items"] == [
        {"item_id": "L-1", "text": "Gjort", "state": "closed", "since": day(4)}
    ]


def test_local_items_stand_side_by_side():
    items = track("task", fact("LocalItemAdded", 3, item_id="L-2"), fact("LocalItemAdded", 5))["local_items"]

    assert [each["item_id"] for each in items] == ["L-1", "L-2"]
