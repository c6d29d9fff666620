"""A webinar as a calendar needs it: what is planned now, and a number that rises with whatever is heard of it."""

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from contracts.facts import Fact
from contracts.names import EventName
from contracts.retractions import target_of
from contracts.settle import settle
from contracts.tracks import webinar

PLANNING = (EventName.WebinarScheduled, EventName.WebinarRescheduled, EventName.WebinarCancelled)


class Plan(NamedTuple):
    """One webinar; times are RFC 3339 as they were told, `stamp` is an instant of fixed width."""

    rollout: str
    webinar_id: str
    title: str
    starts_at: str
    ends_at: str
    join_url: str
    organizer: str
    cancelled: bool
    reason: str
    sequence: int
    stamp: str


def plan_of(facts: Iterable[Fact], *, rollout: str, webinar_id: str) -> Plan | None:
    """Return what the rollout's `facts` say of a webinar, in whatever order they came; None before it is scheduled.

    `sequence` is that of the newest event, and one more for each event that a calendar could not tell by it: a second
    one of the same sequence, or a retraction. So it rises with everything that changes the plan.
    """
    known = tuple(facts)
    heard = [fact for fact in known if fact.name in PLANNING and fact.subject == webinar_id]
    settled = settle(known)
    counting = [fact for fact in heard if settled.counts(fact)]
    if not any(fact.name is EventName.WebinarScheduled for fact in heard):
        return None
    said = _said(counting if _scheduled(counting) else heard)
    told = [*heard, *_retractions(known, heard)]
    return Plan(
        rollout=rollout,
        webinar_id=webinar_id,
        **{name: said[name] for name in ("title", "starts_at", "ends_at", "join_url", "organizer")},
        # Who was told of a webinar that was never meant to be told of is told that it is not held.
        cancelled=said["state"] == "cancelled" or not _scheduled(counting),
        reason=said["reason"] or "",
        sequence=max(map(_sequence, heard)) + len(told) - len({*map(_sequence, heard)}),
        stamp=max(fact.time for fact in told),
    )


def _scheduled(facts: Sequence[Fact]) -> bool:
    return any(fact.name is EventName.WebinarScheduled for fact in facts)


def _said(facts: Iterable[Fact]) -> dict[str, Any]:
    [details] = webinar.derive(tuple(sorted(facts, key=attrgetter("order"))))["details"]
    return dict(details)


def _sequence(fact: Fact) -> int:
    sequence: int = fact.data["sequence"]
    return sequence


def _retractions(known: Sequence[Fact], heard: Sequence[Fact]) -> Iterator[Fact]:
    """Yield the retractions of `heard`, the retractions of those, and so on."""
    left = [fact for fact in known if fact.name is EventName.FactRetracted]
    named = {target_of(fact) for fact in heard}
    while found := [fact for fact in left if (str(fact.topic), fact.data["source"], fact.data["id"]) in named]:
        yield from found
        left = [fact for fact in left if fact not in found]
        named = {target_of(fact) for fact in found}
