"""Forwarding on EAN: what is set up, and whether an eFaktura has come through on it."""

from collections.abc import Iterable
from typing import Any

from contracts.anomalies import Anomaly, Oddity, anomalies
from contracts.concerns import Concern
from contracts.facts import Fact
from contracts.instants import shown
from contracts.settle import Settled
from contracts.tracks.forwarding_setup import SETTINGS, Config, Line, Setup
from contracts.tracks.grounds import ids, remembered, since, turning_point

#: An EAN in two configurations shows the state that most needs a look.
WORST = ("failed", "configured", "verified")


def derive(own: Settled) -> tuple[dict[str, Any], list[Anomaly]]:
    """Return the track and its anomalies."""
    return _derived(tuple(own.about(Concern.FORWARDING)))


@remembered
def _derived(facts: tuple[Fact, ...]) -> tuple[dict[str, Any], list[Anomaly]]:
    setup = Setup()
    point = turning_point([(fact, setup.hear(fact)) for fact in facts], "none")
    lines = setup.lines
    by_ean = _by_ean(lines)
    track = {
        "state": setup.state,
        "since": since(point),
        "eans": {ean: min((each.state for each in some), key=WORST.index) for ean, some in by_ean.items()},
        "facts": ids([point, *(config.fact for config in setup.configs.values()), *(each.outcome for each in lines)]),
        "because": {
            ean: ids(fact for each in some for fact in (each.config, each.outcome)) for ean, some in by_ean.items()
        },
        "configs": [_config(config_id, config) for config_id, config in sorted(setup.configs.items())],
        "failure": _failure(lines),
    }
    return track, anomalies(Oddity.RETIRED_EAN_USED, (fact for fact in facts if _is_retired(fact, setup)))


def _by_ean(lines: Iterable[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in sorted(lines, key=_ean):
        found.setdefault(line.ean, []).append(line)
    return found


def _ean(line: Line) -> str:
    return line.ean


def _config(config_id: str, config: Config) -> dict[str, Any]:
    return {
        "config_id": config_id,
        "revision": config.revision,
        "state": "disabled" if config.disabled else "configured",
        "since": shown(config.fact.time),
        "eans": list(config.active),
    }


def _failure(lines: Iterable[Line]) -> dict[str, Any] | None:
    """Return the first EAN that fails, and what the outcome says of it."""
    said = next((line.outcome.data for line in lines if line.outcome and line.state == "failed"), None)
    return {"ean": said["ean"], "code": said["code"], "detail": said.get("detail")} if said else None


def _is_retired(fact: Fact, setup: Setup) -> bool:
    """Whether an outcome is about an EAN that the newest revision, dated earlier, does not hold as active."""
    data = fact.data
    config = None if fact.name in SETTINGS else setup.configs.get(data["config_id"])
    return config is not None and config.fact.time < fact.time and data["ean"] not in config.active
