"""The board: readable where people look at it, and true to what the tasks service shows."""

import re
from typing import Any

import pytest
from rich.console import Console

from contracts.tracks.stage import Stage
from contracts.tracks.turn import PRIMARY
from deploy.cli import words
from deploy.cli.board import board_of
from deploy.cli.steps import Board

ROLLUP: dict[str, Any] = {
    "applicable": 10,
    "oriented": 8,
    "goal_percent": 80.0,
    "receiving": 4,
    "result_percent": 40.0,
    "stages": {"receiving": 4, "blocked": 6},
    "batches": [{"batch_id": "B1", "missing": [], "extra": [], "late": []}],
    "not_invited": [],
    "ean_conflicts": [],
}
#: The longest words of every column.
ROW: dict[str, Any] = {
    "municipality": "0756",
    "name": "Ikast-Brande",
    "stage": "to_configure",
    "turn": {"primary": {"actor": "municipality", "action": "set_up_forwarding", "since": "2026-04-28T09:00:00Z"}},
    "tracks": {
        "orientation": "partial",
        "agreement": "declined",
        "information": {"guidance": "acknowledged", "webinar": "attended"},
        "forwarding": "verified",
        "task": "completed",
    },
    "anomalies": ["hash_mismatch"],
}


def drawn(board: Board, *, width: int = 100, colours: bool = False) -> str:
    console = Console(width=width, force_terminal=colours, color_system="standard" if colours else None, no_color=False)
    with console.capture() as captured:
        console.print(board_of(board))
    return captured.get()


def with_rollup(**changes: Any) -> Board:
    return Board(ROLLUP | changes, (ROW,))


def test_ten_municipalities_fit_a_terminal_of_100_by_30_with_room_for_title_and_hints():
    lines = drawn(Board(ROLLUP, (ROW,) * 10)).splitlines()

    assert len(lines) <= 30 - 8
    assert max(map(len, lines)) <= 100


def test_no_word_is_cut_at_100_columns():
    assert "…" not in drawn(with_rollup())


def test_a_narrow_terminal_gets_fewer_columns_but_whole_words():
    shown = drawn(with_rollup(), width=80)

    assert "…" not in shown
    assert "0756 Ikast-Brande to configure" in shown


def test_goal_and_result_stand_apart():
    goal, result = (
        next(line for line in drawn(with_rollup()).splitlines() if line.startswith(title))
        for title in ("Goal", "Result")
    )

    assert ("80.0 %" in goal, "40.0 %" in goal) == (True, False)
    assert ("40.0 %" in result, "80.0 %" in result) == (True, False)


def test_without_anybody_taking_part_there_is_no_percentage():
    assert "%" not in drawn(with_rollup(applicable=0, goal_percent=None, result_percent=None))


def test_nothing_known_is_said_so():
    assert "Nothing" in drawn(Board({}, ()))


def test_who_did_not_get_an_agreement_at_once_is_named():
    assert "all but 0147" in drawn(
        with_rollup(batches=[{"batch_id": "B", "missing": [], "extra": [], "late": ["0147"]}])
    )


def test_many_exceptions_are_counted():
    assert "webinar: 6 of 10" in drawn(with_rollup(not_invited=["0147", "0151", "0153", "0155"]))


def test_an_ean_at_two_municipalities_is_shown():
    shared = [{"ean": "5798009811578", "municipalities": ["0101", "0147"]}]

    assert "5798009811578 is active at 0101 and 0147" in drawn(with_rollup(ean_conflicts=shared))


def test_anomalies_are_named_with_their_municipality():
    assert "0756 hash_mismatch" in drawn(with_rollup())


def test_colour_adds_nothing_that_the_words_do_not_say():
    coloured = drawn(with_rollup(), colours=True)

    assert coloured != drawn(with_rollup())
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == drawn(with_rollup())


@pytest.mark.parametrize("names", [words.STAGES, words.STAGES_IN_DANISH], ids=["English", "Danish"])
def test_every_stage_has_a_word(names):
    assert set(names) == set(Stage)


def test_every_primary_action_has_a_word():
    assert {action for actions in PRIMARY.values() for action in actions} <= set(words.ACTIONS)


def test_no_word_of_the_terminal_tells_anybody_to_contact_eg():
    said = " ".join([*words.ACTIONS.values(), *words.STAGES.values(), *words.STAGES_IN_DANISH.values()]).lower()

    assert {"contact", "kontakt", "call", "ring", "skriv", "write"} & set(said.split()) == set()


def test_the_board_counts_what_became_of_the_notices():
    shown = drawn(Board(ROLLUP, (ROW,), {"sent": 31, "unknown": 1, "failed": 2, "suppressed": 4, "sending": 5}))

    assert "Notices   sent 31 · unknown 1 · failed 2 · suppressed 4 · on their way 5" in shown
