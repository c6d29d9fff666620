"""Two benchmark runs beside each other: only what is beyond the spread of both is a difference."""

from pathlib import Path

import pytest

from tests.benchmarks.compare import Verdict, chosen, exit_code, lines, table, verdict

CALM = [1_000.0, 1_050.0, 1_100.0]


def run(*rates: float, candidate: str = "klarmeld", right: bool = True) -> dict:
    rest = {"client_us": 90.0, "broker_us": 0.0, "mongod_us": 70.0, "rss_mb": 140.0, "right": right}
    return {"catching_up": {"spread": {candidate: [{"rate": each, **rest} for each in rates]}}}


def verdicts(before: dict, after: dict) -> dict[str, Verdict]:
    return {each.what: each.verdict for each in lines(before, after)}


def test_a_rate_below_every_earlier_lap_is_worse():
    assert verdict(CALM, [900.0, 950.0, 990.0], more_is_better=True) is Verdict.WORSE


def test_processor_time_below_every_earlier_lap_is_better():
    assert verdict(CALM, [900.0, 950.0, 990.0], more_is_better=False) is Verdict.BETTER


def test_a_median_that_moves_while_the_laps_overlap_is_within_the_spread():
    assert verdict(CALM, [700.0, 800.0, 1_010.0], more_is_better=True) is Verdict.WITHIN


def test_a_single_lap_tells_nothing():
    assert verdict(CALM, [100.0], more_is_better=True) is Verdict.UNKNOWN


def test_each_measure_is_judged_by_itself():
    found = verdicts(run(*CALM), run(2_000, 2_100, 2_200))

    assert found["spread, klarmeld: rate"] is Verdict.BETTER
    assert found["spread, klarmeld: client_us"] is Verdict.WITHIN


def test_time_to_visible_is_compared_under_each_condition():
    before, after = ({"budget": {"calm": {"whole": {"p50": p50, "p99": 90.0}}}} for p50 in (20.0, 40.0))

    assert "| time to visible, calm: p50 | 20 (20–20) | 40 (40–40) | 2.00 | too few laps to tell |" in table(
        before, after
    )


def test_a_rate_is_shown_with_its_spread_and_ratio():
    row = "| spread, klarmeld: rate | 1,050 (1,000–1,100) | 2,100 (2,000–2,200) | 2.00 | better |"

    assert row in list(table(run(*CALM), run(2_000, 2_100, 2_200)))


def test_no_ratio_is_shown_to_processor_time_below_a_tick():
    assert "| spread, klarmeld: broker_us | 0 (0–0) | 0 (0–0) | – | within the spread |" in list(
        table(run(*CALM), run(*CALM))
    )


def test_a_wait_of_both_runs_is_shown_and_not_judged():
    row = "| visible_ms: p99 | 40 (40–40) | 60 (60–60) | 1.50 | too few laps to tell |"

    assert row in list(table({"visible_ms": {"p50": 8.0, "p99": 40.0}}, {"visible_ms": {"p50": 8.0, "p99": 60.0}}))


def test_runs_of_different_commands_say_so():
    assert "command: run → run --events 9" in list(table({"command": "run"}, {"command": "run --events 9"}))


def test_a_slower_klarmeld_ends_with_1():
    assert exit_code(list(lines(run(*CALM), run(500, 510, 520)))) == 1


def test_wrong_final_states_end_with_1_however_fast():
    assert exit_code(list(lines(run(*CALM), run(5_000, 5_100, 5_200, right=False)))) == 1


def test_a_slower_peer_is_no_fault_beside_a_klarmeld_as_before():
    both = {"klarmeld": run(*CALM)["catching_up"]["spread"]["klarmeld"]}
    peers = (run(*CALM, candidate="Quix Streams"), run(1, 2, 3, candidate="Quix Streams"))
    for each in peers:
        each["catching_up"]["spread"] |= both

    assert exit_code(list(lines(*peers))) == 0


def test_runs_without_anything_in_common_end_with_2():
    assert exit_code(list(lines(run(*CALM), {}))) == 2


def test_the_newest_run_is_compared_with_the_one_before(tmp_path: Path):
    older, newer = tmp_path / "2026-03-01.json", tmp_path / "2026-03-02.json"
    older.touch()
    newer.touch()

    assert chosen([], tmp_path, Path("committed.json")) == (older, newer)


def test_an_only_run_is_compared_with_the_committed_one(tmp_path: Path):
    only = tmp_path / "2026-03-01.json"
    only.touch()

    assert chosen([], tmp_path, Path("committed.json")) == (Path("committed.json"), only)


def test_without_any_run_there_is_nothing_to_compare(tmp_path: Path):
    with pytest.raises(ValueError, match="nothing to compare"):
        chosen([], tmp_path, Path("committed.json"))
