"""The steps of all processes become the legs of each event's way to a reader, and a step that is missing is noticed."""

import pytest

from tests.benchmarks.legs import Sent, positions_of, ways

MS = 1_000_000
DOCUMENT = "r:0101"
EVENT = Sent(DOCUMENT, "agreements-3", 7, sent=0, appended=1 * MS, acknowledged=4 * MS)


def fetched(at: int, offset: int, process: str = "first") -> dict:
    return {"step": "fetched", "process": process, "at": at * MS, "positions": {"agreements-3": offset}}


def batch(begun: int, decoded: int, pointed: int, offsets: tuple[int, int], process: str = "first") -> list[dict]:
    about = {"process": process, "ranges": {"agreements-3": offsets}}
    return [
        {"step": "begun", "at": begun * MS, **about},
        {"step": "decoded", "at": decoded * MS, **about},
        {"step": "pointed", "at": pointed * MS, **about},
    ]


def written(began: int, at: int, offset: int, process: str = "first") -> dict:
    documents = {DOCUMENT: {"agreements-3": offset}}
    return {"step": "written", "process": process, "began": began * MS, "at": at * MS, "documents": documents}


def told(at: int, document: str | None = DOCUMENT) -> dict:
    return {"step": "told", "process": "first", "at": at * MS, "document": document}


def view(step: str, at: int, offset: int) -> dict:
    return {"step": step, "at": at * MS, "document": DOCUMENT, "positions": {"agreements-3": offset}}


TO_THE_WRITE = [fetched(3, 6), *batch(6, 8, 9, (6, 8)), written(12, 20, 7)]
TO_THE_READER = [told(22), view("handed", 25, 7), view("arrived", 29, 7)]
ALL = [*TO_THE_WRITE, *TO_THE_READER]
LEGS = {
    "produce": 1, "broker": 2, "poll": 3, "decode": 2, "pointer": 1, "derive": 3, "write": 8,
    "change stream": 2, "render": 3, "SSE": 4,
}  # fmt: skip


def way(*steps: dict, followed: bool = True):
    (found,) = ways([EVENT], steps, frozenset({DOCUMENT} if followed else ()))
    return found


def test_the_legs_follow_each_other_and_add_up_to_the_whole():
    found = way(*ALL)

    assert found.legs == LEGS
    assert found.whole == sum(LEGS.values()) == 29
    assert found.acknowledged == 4


def test_steps_may_be_written_down_in_any_order():
    assert way(*reversed(ALL)).legs == LEGS


def test_without_a_reader_the_way_ends_with_the_write():
    found = way(*TO_THE_WRITE, followed=False)

    assert list(found.legs) == ["produce", "broker", "poll", "decode", "pointer", "derive", "write"]
    assert found.whole == 20


@pytest.mark.parametrize("missing", range(len(ALL)))
def test_a_way_that_a_step_is_missing_of_is_none(missing: int):
    assert way(*ALL[:missing], *ALL[missing + 1 :]) is None


def test_steps_about_earlier_events_are_not_the_event_s():
    earlier = [
        fetched(1, 4), *batch(1, 1, 1, (4, 5)), written(1, 2, 5), told(2), view("handed", 2, 5), view("arrived", 3, 5)
    ]  # fmt: skip

    assert way(*earlier, *ALL).legs == LEGS
    assert way(*earlier) is None


def test_steps_about_later_events_are_not_the_event_s():
    later = [
        fetched(10, 9), *batch(30, 31, 32, (9, 9)), written(33, 34, 9), told(35), view("handed", 36, 9),
        view("arrived", 37, 9),
    ]  # fmt: skip

    assert way(*ALL, *later).legs == LEGS


def test_a_later_view_shows_the_event_too():
    assert way(*TO_THE_WRITE, told(22), view("handed", 25, 8), view("arrived", 29, 8)).legs == LEGS


def test_the_replica_whose_write_came_first_is_the_one_whose_steps_count():
    given_up = [fetched(2, 7, "second"), *batch(3, 3, 4, (7, 7), "second")]

    assert way(*given_up, *ALL).legs == LEGS


def test_of_a_batch_that_was_tried_again_the_last_try_counts():
    first_try = batch(4, 4, 5, (6, 8))

    assert way(*first_try, *ALL).legs == LEGS


def test_a_gap_of_the_change_stream_is_a_word_about_every_document():
    assert way(*TO_THE_WRITE, told(22, None), view("handed", 25, 7), view("arrived", 29, 7)).legs == LEGS


def test_a_word_that_comes_before_the_acknowledgement_took_no_time():
    found = way(*TO_THE_WRITE, told(15), view("handed", 25, 7), view("arrived", 29, 7))

    assert found.legs == LEGS | {"change stream": 0, "render": 5}


def test_no_leg_ends_after_the_view_has_arrived():
    found = way(*TO_THE_WRITE, told(40), view("handed", 25, 7), view("arrived", 29, 7))

    assert found.legs == LEGS | {"change stream": 9, "render": 0, "SSE": 0}
    assert found.whole == 29


def test_a_clock_of_whole_milliseconds_makes_no_leg_negative():
    early = EVENT._replace(sent=1 * MS, appended=0)
    (found,) = ways([early], ALL, frozenset({DOCUMENT}))

    assert found.legs["produce"] == 0
    assert found.whole == 28


def test_what_get_shows_counts_from_the_acknowledgement_and_is_no_leg():
    (found,) = ways([EVENT._replace(shown=24 * MS)], ALL, frozenset({DOCUMENT}))

    assert found.shown == 20
    assert found.legs == LEGS
    assert way(*ALL).shown is None


@pytest.mark.parametrize("view", ['{"a":1,"positions":{"tasks-0":4}}', b'data: {"positions":{"tasks-0":4},"b":{}}\n'])
def test_a_view_s_positions_are_read_from_text_and_bytes(view: str | bytes):
    assert positions_of(view) == {"tasks-0": 4}
