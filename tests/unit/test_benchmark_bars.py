"""A run's figures are held against the bars; one that nobody measured is said to be that."""

import pytest

from tests.benchmarks.bars import BARS, Bar, aims, verdict

AT_MOST = Bar("P1", "a wait", "ms", 25, 8, lambda _: None)
AT_LEAST = Bar("P3", "a rate", "×", 15, None, lambda _: None, at_most=False)


def laps(*rates: float) -> list[dict]:
    return [{"rate": rate, "client_us": 100.0, "rss_mb": 90.0, "right": True} for rate in rates]


def run(at: str, *rates: float) -> dict:
    candidates = {"klarmeld": laps(*rates), "usual FastStream batch": laps(100, 100, 100)}
    return {"at": at, "load": 0.1, "visible_ms": {"p50": 8.0, "p99": 40.0}, "catching_up": {"spread": candidates}}


@pytest.mark.parametrize(
    ("bar", "found", "said"),
    [
        (AT_MOST, 8.0, "beyond"),
        (AT_MOST, 25.0, "reached"),
        (AT_MOST, 25.1, "**not reached**"),
        (AT_MOST, None, "not measured"),
        (AT_LEAST, 15.0, "reached"),
        (AT_LEAST, 14.9, "**not reached**"),
        (AT_LEAST._replace(bar=None, beyond=20), 19.0, "below what is hoped for"),
    ],
)
def test_a_figure_is_held_against_its_bar(bar: Bar, found: float | None, said: str):
    assert verdict(bar, found) == said


def test_every_bar_that_was_not_measured_is_said_to_be_that():
    rows = [row for row in aims({}) if "not measured" in row]

    assert len(rows) == len(BARS)


def test_a_rate_is_a_multiple_of_a_rate_of_the_same_run():
    [row] = [row for row in aims(run("2026-03-01", 900, 1_000, 1_600)) if "usual" in row]

    assert row == "| P3 | the same: usual FastStream batch | ≥ 15 × |  | 10.00 × | **not reached** |"


def test_an_event_that_became_dearer_as_rollouts_grew_is_held_against_the_first():
    costs = [{"client_us": 60.0, "mongod_us": 20.0}, {"client_us": 90.0, "mongod_us": 30.0}]

    [row] = [row for row in aims({"growth": costs}) if "P11" in row]

    assert row.endswith("| ≤ 1.2 × |  | 1.50 × | **not reached** |")
