"""What a rollout's municipalities add up to: goal and result apart, and the proofs over all of them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from contracts.concerns import Concern
from contracts.facts import Fact
from contracts.instants import read_instant, shown
from contracts.settle import Settled
from contracts.tracks.stage import Stage

Progress = Mapping[str, Any]
#: An agreement dated later than this after its batch's dispatch was not sent at once.
AT_ONCE = timedelta(hours=24)


def rollup(whole: Settled, progress: Mapping[str, Progress]) -> dict[str, Any]:
    """Return the figures over the rollout's own facts and each municipality's `progress`, by code.

    Counts are over applicable municipalities; percent has one decimal, and is None where nobody is applicable.
    """
    applicable = {code: each for code, each in progress.items() if each["stage"] != Stage.NOT_APPLICABLE}
    oriented = sum(each["tracks"]["orientation"]["state"] == "oriented" for each in applicable.values())
    receiving = sum(each["stage"] == Stage.RECEIVING for each in applicable.values())
    return {
        "applicable": len(applicable),
        "oriented": oriented,
        "goal_percent": _percent(oriented, len(applicable)),
        "receiving": receiving,
        "result_percent": _percent(receiving, len(applicable)),
        "stages": dict(sorted(Counter(each["stage"] for each in applicable.values()).items())),
        "batches": [_batch(fact, progress) for _, fact in sorted(_dispatched(whole).items())],
        "not_invited": _not_invited(applicable),
        "ean_conflicts": ean_conflicts(progress),
    }


def ean_conflicts(progress: Mapping[str, Progress]) -> list[dict[str, Any]]:
    """Return each EAN that is active at two municipalities or more."""
    holders: dict[str, list[str]] = defaultdict(list)
    for code, each in sorted(progress.items()):
        for ean in each["tracks"]["forwarding"]["eans"]:
            holders[ean].append(code)
    return [{"ean": ean, "municipalities": codes} for ean, codes in sorted(holders.items()) if len(codes) > 1]


def _percent(part: int, whole: int) -> float | None:
    """Return percent with one decimal, halves rounded up; None of nothing."""
    return (2000 * part + whole) // (2 * whole) / 10 if whole else None


def _dispatched(whole: Settled) -> dict[str, Fact]:
    """Return each batch by its id; of two dispatches of one id the earlier is the dispatch."""
    found: dict[str, Fact] = {}
    for fact in whole.about(Concern.BATCH):
        found.setdefault(fact.data["batch_id"], fact)
    return found


def _batch(dispatched: Fact, progress: Mapping[str, Progress]) -> dict[str, Any]:
    """Return the "at once" proof of one dispatch: its roster against the agreements that were sent in it."""
    batch_id, roster = dispatched.data["batch_id"], set(dispatched.data["roster"])
    sent = {code: times for code, each in progress.items() if (times := _sent(each, batch_id))}
    latest = datetime.fromisoformat(dispatched.time) + AT_ONCE
    return {
        "batch_id": batch_id,
        "dispatched": shown(dispatched.time),
        "roster": len(roster),
        "missing": sorted(roster - sent.keys()),
        "extra": sorted(sent.keys() - roster),
        "late": sorted(code for code, times in sent.items() if datetime.fromisoformat(min(times)) > latest),
    }


def _sent(progress: Progress, batch_id: str) -> Sequence[str]:
    batches = progress["tracks"]["agreement"]["batches"]
    return [read_instant(each["sent"]) for each in batches if each["batch_id"] == batch_id]


def _not_invited(applicable: Mapping[str, Progress]) -> list[str] | None:
    """Return who has no invitation to a webinar; None from a service that does not read what tells."""
    information = {code: each["tracks"].get("information") for code, each in applicable.items()}
    if any(each is None for each in information.values()):
        return None
    return sorted(code for code, each in information.items() if each and not each["invited"])
