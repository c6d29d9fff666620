"""The budget of time to visible: events take turns, medians and tails are of each leg, and the table shows them."""

from argparse import Namespace
from itertools import pairwise
from types import SimpleNamespace

from tests.benchmarks.budget import pace, places_of, summary
from tests.benchmarks.budget_table import CONDITIONS, LEGS, table
from tests.benchmarks.conditions import conditions
from tests.benchmarks.legs import TO_THE_READER, TO_THE_WRITE, Sent, Way
from tests.benchmarks.observed_service import ranges

WRITTEN = Way(dict.fromkeys(TO_THE_WRITE, 1.0), acknowledged=2.0, whole=7.0)
READ = Way(dict.fromkeys((*TO_THE_WRITE, *TO_THE_READER), 3.0), acknowledged=4.0, whole=30.0, shown=20.0)


def record(partition: int, offset: int) -> SimpleNamespace:
    return SimpleNamespace(topic="klarmeld.tasks", partition=partition, offset=offset)


def told(*ways: Way | None) -> dict:
    return {"per_second": 826.4, **summary(ways)}


def test_neighbours_are_of_other_municipalities_and_rollouts():
    places = places_of(2, 200)

    assert len(set(places)) == len(places)
    assert all(one[0] != other[0] and one[1] != other[1] for one, other in pairwise(places))


def test_one_rollout_takes_each_municipality_in_turn():
    assert len(places_of(1, 1)) == 98


def test_a_batch_is_known_by_the_first_and_last_offset_of_each_partition():
    assert ranges([record(0, 4), record(1, 9), record(0, 5), record(0, 6)]) == {"tasks-0": (4, 6), "tasks-1": (9, 9)}


def test_the_pace_is_the_one_that_was_kept():
    sent = [Sent("r:0101", "tasks-0", number, number * 20_000_000, 0, 0) for number in range(101)]

    assert pace(sent) == 50


def test_legs_are_summed_up_by_themselves_and_the_whole_is_the_readers():
    found = summary([WRITTEN, READ, READ, None])

    assert (found["events"], found["followed"], found["incomplete"]) == (4, 2, 1)
    assert found["legs"]["SSE"] == found["legs"]["write"] == {"p50": 3.0, "p99": 3.0}
    assert found["whole"] == {"p50": 30.0, "p99": 30.0}
    assert found["shown"] == {"p50": 20.0, "p99": 20.0}


def test_of_nothing_seen_there_is_no_figure():
    found = summary([None])

    assert found["incomplete"] == 1
    assert found["whole"] is found["shown"] is found["acknowledged"] is None


def test_every_condition_and_every_leg_has_its_words():
    assert CONDITIONS.keys() == conditions(Namespace(seconds=1, busy=1, rollouts=2)).keys()
    assert tuple(LEGS) == (*TO_THE_WRITE, *TO_THE_READER)


def test_the_table_has_a_leg_in_each_row_and_a_condition_in_each_column():
    lines = list(table({"calm": told(READ), "busy": told(WRITTEN, READ, None)}))

    assert lines[0] == "| Time to visible, taken apart | 50/s | 1,000/s |"
    assert f"| {LEGS['SSE']} | 3.0 / 3.0 | 3.0 / 3.0 |" in lines
    assert "| **sent → the view is with the reader** | 30.0 / 30.0 | 30.0 / 30.0 |" in lines
    assert any(
        line.endswith("1,000/s: 3 at 826 a second, 1 of them followed, 1 without all of their steps.") for line in lines
    )


def test_a_leg_that_nobody_went_has_no_figure():
    assert f"| {LEGS['SSE']} | – |" in list(table({"calm": told(WRITTEN)}))
