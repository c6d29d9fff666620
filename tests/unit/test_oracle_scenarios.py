"""Each scenario made by hand holds for the oracle and for production."""

from typing import Any

import pytest

from contracts.progress import derive_as_of
from tests.facts_made import Plain, placed, union
from tests.oracle.view import progress
from tests.scenarios import SCENARIOS
from tests.scenarios.shape import Scenario


def _values(tracks: dict[str, Any], scenario: Scenario, other: dict[str, Any]) -> dict[str, Any]:
    """What the scenario expects, looked up in a view."""

    def value(path: str) -> Any:
        track, _, key = path.partition(".")
        return tracks[track][key] if key else other[path]

    return {path: value(path) for path in scenario.expected}


def _facts(scenario: Scenario) -> tuple[list[Plain], list[Plain]]:
    return placed(scenario.own), placed(scenario.rollout)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.sentence)
def test_the_oracle_reads_the_sentence_as_it_was_written_down(scenario: Scenario) -> None:
    own, rollout = _facts(scenario)
    view = progress(own, rollout, as_of=scenario.as_of, known_at=scenario.known_at)
    turn = view["turn"]
    other = {
        "stage": view["stage"],
        "turn": turn["primary"][1],
        "others": [action for _, action in turn["others"]],
    }
    assert _values(view["tracks"], scenario, other) == scenario.expected
    assert _by_code(view["anomalies"]) == scenario.anomalies


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.sentence)
def test_production_reads_the_sentence_as_it_was_written_down(scenario: Scenario) -> None:
    own, rollout = map(union, _facts(scenario))
    view = derive_as_of(own, rollout, as_of=_fixed(scenario.as_of), known_at=scenario.known_at)
    other = {
        "stage": view["stage"],
        "turn": view["turn"]["primary"]["action"],
        "others": [each["action"] for each in view["turn"]["others"]],
    }
    assert _values(view["tracks"], scenario, other) == scenario.expected
    assert _by_code((each["code"], each["facts"]) for each in view["anomalies"]) == scenario.anomalies


def _by_code(anomalies: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for code, ids in anomalies:
        found.setdefault(code, set()).update(ids)
    return found


def _fixed(as_of: str | None) -> str | None:
    return as_of.replace("Z", ".000000Z") if as_of else None
