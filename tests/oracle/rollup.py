"""The roll-up of a rollout: counts, goal and result, "at once", "one webinar for all" and the EAN radar."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.oracle.counting import Counting, counting
from tests.oracle.reading import Told, earliest, named, told
from tests.oracle.tracks import ean_states
from tests.oracle.view import Plain, of_counting

LATE = timedelta(hours=24)


def rollup(rollout: Sequence[Plain], municipalities: Mapping[str, Sequence[Plain]]) -> dict[str, Any]:
    """The `rollup` of view.md, from the plain facts of the rollout and of each municipality by code."""
    whole = counting(map(told, rollout))
    each = {code: counting(map(told, facts)) for code, facts in sorted(municipalities.items())}
    views = {code: of_counting(own, whole) for code, own in each.items()}
    applicable = {code: view for code, view in views.items() if view["stage"] != "not_applicable"}
    oriented = sum(view["tracks"]["orientation"]["state"] == "oriented" for view in applicable.values())
    stages = [view["stage"] for view in applicable.values()]
    return {
        "applicable": len(applicable),
        "oriented": oriented,
        "goal_percent": _percent(oriented, len(applicable)),
        "receiving": stages.count("receiving"),
        "result_percent": _percent(stages.count("receiving"), len(applicable)),
        "stages": {stage: stages.count(stage) for stage in stages},
        "batches": _batches(whole, each),
        # applicable municipalities without an invitation
        "not_invited": [code for code in applicable if not named(each[code].facts, "WebinarInvited")],
        "ean_conflicts": _radar(each),
    }


def _percent(part: int, whole: int) -> float | None:
    """Percent with one decimal, null when nobody is applicable."""
    if not whole:
        return None
    return float((Decimal(100 * part) / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _batches(whole: Counting, each: Mapping[str, Counting]) -> list[dict[str, Any]]:
    """ "At once": roster of the dispatched batch against the counting AgreementSent of that `batch_id`."""
    dispatched: dict[str, Told] = {}
    for fact in named(whole.facts, "AgreementBatchDispatched"):
        dispatched.setdefault(fact.data["batch_id"], fact)
    return [_batch(batch_id, dispatched[batch_id], each) for batch_id in sorted(dispatched)]


def _batch(batch_id: str, dispatch: Told, each: Mapping[str, Counting]) -> dict[str, Any]:
    sent = {code: _sent_in(batch_id, own.facts) for code, own in each.items()}
    reached = {code: fact for code, fact in sent.items() if fact}
    return {
        "batch_id": batch_id,
        "missing": sorted(set(dispatch.data["roster"]) - set(reached)),
        "extra": sorted(set(reached) - set(dispatch.data["roster"])),
        # late (dated more than 24 hours after the dispatch)
        "late": sorted(code for code, fact in reached.items() if _moment(fact) - _moment(dispatch) > LATE),
    }


def _sent_in(batch_id: str, facts: Sequence[Told]) -> Told | None:
    return earliest(fact for fact in named(facts, "AgreementSent") if fact.data.get("batch_id") == batch_id)


def _moment(fact: Told) -> datetime:
    return datetime.fromisoformat(fact.instant)


def _radar(each: Mapping[str, Counting]) -> list[dict[str, Any]]:
    """EAN radar: one EAN active at two municipalities."""
    holders: dict[str, list[str]] = {}
    for code, own in each.items():
        for ean in ean_states(own.facts):
            holders.setdefault(ean, []).append(code)
    return [{"ean": ean, "municipalities": codes} for ean, codes in sorted(holders.items()) if len(codes) > 1]
