"""The steps of a running stack, shown to programs and on paper."""

import json

import pytest
from rich.console import Console

from deploy.campaign.outcome import Difference
from deploy.cli.as_json import JsonLines
from deploy.cli.as_lines import PlainLines
from deploy.cli.steps import ActBegun, AllReady, Board, Fetching, Ready, Settled, Step, Stopping
from tests.unit.deploy.cli.test_board import ROLLUP, ROW

BOARD = Board(ROLLUP, (ROW,))
WRONG = Settled((Difference("0756", "tasks", "stage", "receiving", "to_sign"),), ROLLUP, again=False)
STEPS: tuple[Step, ...] = (
    Fetching("Kafka", 0, None),
    Fetching("Kafka", 36, 36),
    Ready("kafka", "127.0.0.1:8107", "the log"),
    AllReady({"kafka": "127.0.0.1:8107"}),
    ActBegun(1, 6, "March"),
    BOARD,
    WRONG,
    Stopping(),
)


def as_json(capsys: pytest.CaptureFixture[str], *steps: Step) -> list[dict[str, object]]:
    tell = JsonLines()
    for step in steps:
        tell(step)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def as_lines(*steps: Step) -> str:
    console = Console(width=120, no_color=True, highlight=False)
    with console.capture() as captured:
        tell = PlainLines(console)
        for step in steps:
            tell(step)
    return captured.get()


def test_each_step_is_an_object_that_names_it(capsys):
    assert [said["event"] for said in as_json(capsys, *STEPS)] == [
        "fetching",
        "fetching",
        "ready",
        "all_ready",
        "act",
        "progress",
        "settled",
        "stopping",
    ]


def test_progress_that_has_not_changed_is_told_once(capsys):
    assert len(as_json(capsys, BOARD, BOARD)) == 1


def test_the_line_after_which_everything_is_ready_holds_every_address(capsys):
    (said,) = as_json(capsys, AllReady({"tasks": "http://127.0.0.1:8103"}))

    assert (said["ready"], said["tasks"]) == (True, "http://127.0.0.1:8103")


def test_a_wrong_outcome_lists_every_difference_for_programs(capsys):
    (said,) = as_json(capsys, WRONG)

    assert said["ok"] is False
    assert said["differences"] == [
        {"municipality": "0756", "service": "tasks", "what": "stage", "expected": "receiving", "found": "to_sign"}
    ]


def test_a_wrong_outcome_lists_every_difference_for_people():
    shown = as_lines(BOARD, WRONG)

    assert "1 value differs" in shown
    assert "receiving" in shown
    assert "to_sign" in shown


def test_the_sample_roster_is_named_beside_the_figures():
    assert "SAMPLE ROSTER" in as_lines(BOARD, Settled((), ROLLUP, again=False))


def test_fetching_is_told_at_its_beginning_and_its_end_only():
    fetches = [Fetching("Kafka", done, 36) for done in range(1, 36)]

    assert as_lines(*STEPS[:1], *fetches, STEPS[1]).splitlines() == ["Fetching Kafka, needed once …", "Fetched Kafka."]


def test_a_part_that_was_there_already_is_said_to_be_found():
    assert "found" in as_lines(Ready("kafka", "kafka:9092", existing=True))


def test_a_campaign_that_was_played_before_is_said_to_be():
    assert "played here before" in as_lines(BOARD, Settled((), ROLLUP, again=True))


def test_what_became_of_the_notices_is_told_to_programs(capsys):
    settled = Settled((), ROLLUP, again=False, notices={"sent": 3}, notices_quiet=False)

    progress, end = as_json(capsys, Board(ROLLUP, (ROW,), {"sent": 3}), settled)

    assert (progress["notices"], end["notices"], end["notices_quiet"]) == ({"sent": 3}, {"sent": 3}, False)


def test_what_became_of_the_notices_is_told_on_paper():
    counts = {"sent": 31, "unknown": 1, "failed": 2, "suppressed": 4}

    assert "sent 31, unknown 1, failed 2, suppressed 4" in as_lines(Board(ROLLUP, (ROW,), counts))


def test_notices_that_are_still_on_their_way_are_said_to_be():
    assert "still on their way" in as_lines(BOARD, Settled((), ROLLUP, again=False, notices_quiet=False))
