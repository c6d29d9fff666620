"""A view of production beside the oracle's own of the same facts: in what they differ."""

from collections.abc import Iterator, Mapping
from typing import Any

#: What the contract says of each track.
_SHOWN = {
    "orientation": ("state", "since", "missing"),
    "agreement": ("state", "since", "agreement_id", "details_pending"),
    "information": ("guidance", "webinar"),
    "forwarding": ("state", "since", "eans"),
    "task": ("state", "since", "premature"),
}


def unlike(production: Mapping[str, Any], oracle: Mapping[str, Any]) -> Iterator[str]:
    """Yield what differs: each anomaly must rest at least on the facts that make it one.

    A service that can't know a track does not show it, and is not asked for it.
    """
    for part, (shown, right) in _parts(production, oracle).items():
        if shown != right:
            yield f"{part} is {shown}, and the oracle reads {right}"
    named = _anomalies(production)
    for code in sorted(named.keys() ^ {code for code, _ in oracle["anomalies"]}):
        yield f"the anomaly {code} is only {'production' if code in named else 'the oracle'}'s"
    for code, ids in oracle["anomalies"]:
        if not ids <= named.get(code, ids):
            yield f"the anomaly {code} does not name {sorted(ids - named[code])}"


def _parts(production: Mapping[str, Any], oracle: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return by name what production shows and what is right, in the oracle's shape."""
    tracks = {
        name: ({key: track[key] for key in _SHOWN[name]}, oracle["tracks"][name])
        for name, track in production["tracks"].items()
    }
    primary, others = production["turn"]["primary"], production["turn"]["others"]
    turn = {
        "primary": (primary["actor"], primary["action"]),
        "others": [(each["actor"], each["action"]) for each in others],
    }
    return {"stage": (production["stage"], oracle["stage"]), **tracks, "turn": (turn, oracle["turn"])}


def _anomalies(view: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """Return the ids that each code names, however many entries they are spread over."""
    found: dict[str, frozenset[str]] = {}
    for each in view["anomalies"]:
        found[each["code"]] = found.get(each["code"], frozenset()) | frozenset(each["facts"])
    return found
