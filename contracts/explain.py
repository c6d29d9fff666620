"""Why a value says what it says: the facts behind it, the rule, and what is missing for the next state."""

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.facts import Fact
from contracts.instants import from_milliseconds, shown
from contracts.progress import derive_settled
from contracts.rule_texts import AWAITS, MISSING_ROLE, RULES, Text
from contracts.settle import Settled

TRACKS = ("orientation", "agreement", "information", "forwarding", "task")


class UnknownPathError(LookupError):
    """No value of a view stands at this path."""


def explain(own: Settled, whole: Settled, path: str) -> dict[str, Any]:
    """Return `{path, value, facts, rule, missing}`; UnknownPathError names the paths that there are."""
    progress = derive_settled(own, whole)
    names = path.removeprefix("progress.").removeprefix("tracks.").split(".")
    value = _value(progress, names, path)
    behind = set(_ids(progress, names))
    facts = [fact for fact in (*own.facts, *whole.facts) if fact.id in behind]
    return {
        "path": path,
        "value": value,
        "facts": [_shown(fact) for fact in facts],
        "rule": RULES[names[0]]._asdict(),
        "missing": [text._asdict() for text in _missing(progress, names[0])],
    }


def _value(progress: Mapping[str, Any], names: list[str], path: str) -> Any:
    value: Any = (
        progress["tracks"] if names[0] in TRACKS else {name: progress[name] for name in RULES if name in progress}
    )
    for name in names:
        if not isinstance(value, Mapping) or name not in value:
            raise UnknownPathError(f"There is no value at {path!r}; there is one at {', '.join(_known(progress))}.")
        value = value[name]
    return value


def _known(progress: Mapping[str, Any]) -> list[str]:
    """Return the paths that a reader is likely to mean."""
    inside = [f"{track}.{name}" for track in TRACKS for name in progress["tracks"][track] if name != "facts"]
    return ["stage", "turn.primary", "turn.others", "anomalies", "enrolment.state", *inside]


def _ids(progress: Mapping[str, Any], names: list[str]) -> Iterable[str]:
    tracks, first = progress["tracks"], names[0]
    if first in TRACKS:
        return list(tracks[first]["facts"])
    if first == "turn":
        return list(progress["turn"]["primary"]["because"])
    if first == "anomalies":
        return [each for anomaly in progress["anomalies"] for each in anomaly["facts"]]
    if first == "enrolment":
        return list(progress["enrolment"]["facts"])
    resting = (tracks["orientation"], tracks["agreement"], tracks["forwarding"], progress["enrolment"])
    return [each for part in resting for each in part["facts"]]


def _missing(progress: Mapping[str, Any], first: str) -> list[Text]:
    """Return what the next state waits for; of the stage and the turn, what each track waits for."""
    tracks = progress["tracks"]
    if first not in TRACKS:
        return [text for track in ("orientation", "agreement", "forwarding") for text in _missing(progress, track)]
    if first == "orientation":
        return [MISSING_ROLE[role] for role in tracks["orientation"]["missing"]]
    if first == "information":
        states = [(name, tracks["information"][name]) for name in ("guidance", "webinar")]
    else:
        states = [(first, tracks[first]["state"])]
    texts = [AWAITS[state] for state in states if state in AWAITS]
    return [*texts, *_missing(progress, "orientation")] if first == "task" and texts else texts


def _shown(fact: Fact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "source": fact.source,
        "type": fact.type,
        "subject": fact.subject,
        "time": shown(fact.time),
        "recorded": shown(from_milliseconds(fact.recorded)),
    }
