"""Forwarding on EAN: what is set up, and whether an eFaktura has come through on it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from contracts.facts import Fact
from contracts.instants import shown
from contracts.names import EventName
from contracts.settle import Anomaly, Settled

#: An EAN in two configurations shows the state that most needs a look.
WORST = ("failed", "configured", "verified")


class Line(NamedTuple):
    """One active EAN of one configuration, and the fact that says how it stands."""

    ean: str
    state: str
    made_so: Fact
    configured: Fact


def derive(own: Settled) -> tuple[dict[str, Any], list[Anomaly]]:
    """Return the track and its anomalies."""
    newest = _newest(own.of(EventName.ForwardingConfigured, EventName.ForwardingDisabled))
    outcomes = own.of(EventName.ForwardingVerified, EventName.ForwardingFailed)
    lines = [line for config in newest.values() for line in _lines(config, outcomes)]
    state, made_so = _state(list(newest.values()), lines)
    eans = {
        ean: min((each.state for each in lines if each.ean == ean), key=WORST.index)
        for ean in sorted({x.ean for x in lines})
    }
    resting = [fact for line in lines for fact in (line.configured, line.made_so)] or list(newest.values())
    track = {
        "state": state,
        "since": shown(made_so.time) if made_so else None,
        "eans": eans,
        "facts": list(dict.fromkeys(fact.id for fact in resting)),
        "configs": [_config(config) for _, config in sorted(newest.items())],
        "failure": _failure(lines),
    }
    return track, _anomalies(newest, outcomes)


def _newest(facts: Sequence[Fact]) -> dict[str, Fact]:
    """Return what counts of each config_id: the newest revision, of equal ones the later."""
    found: dict[str, Fact] = {}
    for fact in facts:
        known = found.get(fact.data["config_id"])
        if known is None or (fact.data["revision"], fact.order) > (known.data["revision"], known.order):
            found[fact.data["config_id"]] = fact
    return found


def _active(config: Fact) -> list[str]:
    """Return the EANs of rules without an end; a disabled configuration has none."""
    rules = config.data.get("rules", ()) if config.name is EventName.ForwardingConfigured else ()
    return list(dict.fromkeys(rule["ean"] for rule in rules if rule.get("valid_to") is None))


def _lines(config: Fact, outcomes: Sequence[Fact]) -> list[Line]:
    return [_line(config, ean, outcomes) for ean in _active(config)]


def _line(config: Fact, ean: str, outcomes: Sequence[Fact]) -> Line:
    """Return how one EAN stands: only an outcome of this very revision and EAN speaks of it, the later counts."""
    named = (config.data["config_id"], config.data["revision"], ean)
    said = [each for each in outcomes if (each.data["config_id"], each.data["revision"], each.data["ean"]) == named]
    if not said:
        return Line(ean, "configured", config, config)
    state = "verified" if said[-1].name is EventName.ForwardingVerified else "failed"
    return Line(ean, state, said[-1], config)


def _state(configs: Sequence[Fact], lines: Sequence[Line]) -> tuple[str, Fact | None]:
    """Return the state and the fact that made it so."""
    if not configs:
        return "none", None
    if all(config.name is EventName.ForwardingDisabled for config in configs):
        return "disabled", max(configs, key=_order)
    failed = [line.made_so for line in lines if line.state == "failed"]
    if failed:
        return "failed", min(failed, key=_order)
    waiting = [line.configured for line in lines if line.state == "configured"]
    if lines and not waiting:
        return "verified", max((line.made_so for line in lines), key=_order)
    usual = [config for config in configs if config.name is EventName.ForwardingConfigured]
    return "configured", min(waiting or usual, key=_order)


def _order(fact: Fact) -> tuple[str, str, str]:
    return fact.order


def _config(config: Fact) -> dict[str, Any]:
    return {
        "config_id": config.data["config_id"],
        "revision": config.data["revision"],
        "state": "disabled" if config.name is EventName.ForwardingDisabled else "configured",
        "since": shown(config.time),
        "eans": _active(config),
    }


def _failure(lines: Sequence[Line]) -> dict[str, Any] | None:
    failed = [line for line in lines if line.state == "failed"]
    if not failed:
        return None
    return {
        "ean": failed[0].ean,
        "code": failed[0].made_so.data["code"],
        "detail": failed[0].made_so.data.get("detail"),
    }


def _anomalies(newest: dict[str, Fact], outcomes: Sequence[Fact]) -> list[Anomaly]:
    """Return the outcomes about an EAN that the newest revision, dated earlier, does not hold as active."""
    retired = [
        fact.id
        for fact in outcomes
        if (config := newest.get(fact.data["config_id"])) is not None
        and config.time < fact.time
        and fact.data["ean"] not in _active(config)
    ]
    return [{"code": "retired_ean_used", "facts": retired}] if retired else []
