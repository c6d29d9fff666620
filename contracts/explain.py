"""Why a value says what it says: the facts behind it, the rule, and what is missing for the next state."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from contracts.awaits import missing
from contracts.facts import Fact
from contracts.instants import from_milliseconds, shown
from contracts.progress import derive_settled
from contracts.rule_texts import RULES
from contracts.settle import Settled

Derive = Callable[[Settled, Settled], dict[str, Any]]


class UnknownPathError(LookupError):
    """No value of a view stands at this path."""


def explain(own: Settled, whole: Settled, path: str, *, derive: Derive = derive_settled) -> dict[str, Any]:
    """Return `{path, value, facts, rule, missing}`; UnknownPathError names the paths that there are.

    `derive` makes the view that is explained: a service that does not show a track can't explain it either.
    """
    return _explained(_in_order(own, whole), derive(own, whole), path)


def explain_tracks(own: Settled, whole: Settled, *, derive: Derive = derive_settled) -> list[dict[str, Any]]:
    """Return the explanation of each track that `derive` shows, in the tracks' order."""
    progress, facts = derive(own, whole), _in_order(own, whole)
    return [_explained(facts, progress, track) for track in progress["tracks"]]


def _in_order(own: Settled, whole: Settled) -> list[Fact]:
    return sorted([*own.facts, *whole.facts], key=_order)


def _explained(facts: Sequence[Fact], progress: Mapping[str, Any], path: str) -> dict[str, Any]:
    names = path.removeprefix("progress.").removeprefix("tracks.").split(".")
    value = _value(progress, names, path)
    behind = set(_ids(progress, names))
    return {
        "path": path,
        "value": value,
        "facts": [_shown(fact) for fact in facts if fact.id in behind],
        "rule": RULES[names[0]]._asdict(),
        "missing": [text._asdict() for text in missing(progress, names[0])],
    }


def _value(progress: Mapping[str, Any], names: Sequence[str], path: str) -> Any:
    value: Any = {**progress["tracks"], **{name: progress[name] for name in RULES if name in progress}}
    for name in names:
        if not isinstance(value, Mapping) or name not in value:
            raise UnknownPathError(f"There is no value at {path!r}; there is one at {', '.join(_known(progress))}.")
        value = value[name]
    return value


def _known(progress: Mapping[str, Any]) -> list[str]:
    """Return the paths that a reader is likely to mean."""
    tracks = progress["tracks"]
    inside = [f"{track}.{name}" for track in tracks for name in tracks[track] if not name.endswith("facts")]
    eans = [f"forwarding.eans.{ean}" for ean in tracks["forwarding"]["eans"]]
    return ["stage", "turn.primary", "turn.others", "anomalies", "enrolment.state", *inside, *eans]


def _ids(progress: Mapping[str, Any], names: Sequence[str]) -> Iterable[str]:  # noqa: PLR0911  one line for each path
    """Return the ids of the facts behind one value."""
    match names:
        case ["forwarding", "eans" | "because", ean]:
            return _of(progress["tracks"]["forwarding"]["because"][ean])
        case ["information", name, *_] if name.startswith("guidance"):
            return _of(progress["tracks"]["information"]["guidance_facts"])
        case ["information", name, *_] if name.startswith("webinar"):
            return _of(progress["tracks"]["information"]["webinar_facts"])
        case ["anomalies", *_]:
            return [each for anomaly in progress["anomalies"] for each in anomaly["facts"]]
        case ["turn", "others", *_]:
            return [each for action in progress["turn"]["others"] for each in action["because"]]
        case ["turn", *_]:
            return _of(progress["turn"]["primary"]["because"])
        case ["stage", *_]:
            return _behind_the_stage(progress)
    part = progress["tracks"].get(names[0]) or progress[names[0]]
    return _of(part["facts"])


def _behind_the_stage(progress: Mapping[str, Any]) -> list[str]:
    tracks = progress["tracks"]
    resting = (progress["enrolment"], tracks["orientation"], tracks["agreement"], tracks["forwarding"])
    return [each for part in resting for each in part["facts"]]


def _order(fact: Fact) -> tuple[str, str, str]:
    return fact.order


def _of(ids: Any) -> list[str]:
    return list(ids)


def _shown(fact: Fact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "source": fact.source,
        "type": fact.type,
        "subject": fact.subject,
        "time": shown(fact.time),
        "recorded": shown(from_milliseconds(fact.recorded)),
    }
