"""Which facts count: of one identity the content recorded first, and none that an effective retraction names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contracts.facts import Fact
from contracts.names import EventName

Anomaly = dict[str, Any]
Target = tuple[str, str, str]


@dataclass(frozen=True)
class Settled:
    """The counting facts of one document, earliest first, and what was odd in settling which they are."""

    facts: tuple[Fact, ...]
    anomalies: tuple[Anomaly, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[EventName, Sequence[Fact]]:
        named: dict[EventName, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            named[fact.name].append(fact)
        return named

    def of(self, *names: EventName) -> list[Fact]:
        """Return the counting facts of these names, earliest first."""
        if len(names) == 1:
            return list(self.by_name.get(names[0], ()))
        return sorted((fact for name in names for fact in self.by_name.get(name, ())), key=lambda fact: fact.order)

    def until(self, as_of: str) -> "Settled":
        """Return what held at `as_of`, an instant of fixed width."""
        kept = tuple(fact for fact in self.facts if fact.time <= as_of)
        return Settled(kept, self.anomalies)


def settle(facts: Iterable[Fact], known_at: int | None = None) -> Settled:
    """Settle over everything recorded by `known_at` (milliseconds), or over all."""
    winners: dict[tuple[str, str], Fact] = {}
    conflicting: set[tuple[str, str]] = set()
    for fact in facts:
        if known_at is not None and fact.recorded > known_at:
            continue
        other = winners.get(fact.identity)
        if other is None:
            winners[fact.identity] = fact
        else:
            conflicting.add(fact.identity)
            winners[fact.identity] = min(fact, other, key=lambda each: each.place)
    retracted, circling = _retracted(winners)
    counting = sorted(
        (fact for fact in winners.values() if _target(fact) not in retracted), key=lambda fact: fact.order
    )
    return Settled(tuple(counting), (*_anomalies("conflict", conflicting), *_anomalies("retraction_cycle", circling)))


def _target(fact: Fact) -> Target:
    return fact.topic, fact.source, fact.id


def _retracted(winners: Mapping[tuple[str, str], Fact]) -> tuple[set[Target], set[tuple[str, str]]]:
    """Return what effective retractions name, and the identities of retractions in a circle, which have no effect."""
    names = {
        _target(fact): (str(fact.topic), fact.data["source"], fact.data["id"])
        for fact in winners.values()
        if fact.name is EventName.FactRetracted
    }
    if not names:
        return set(), set()
    circling = {each for each in names if _returns(each, names)}
    askers: dict[Target, list[Target]] = defaultdict(list)
    for asker, named in names.items():
        askers[named].append(asker)
    known: dict[Target, bool] = dict.fromkeys(circling, False)

    def effective(first: Target) -> bool:
        stack = [first]
        while stack:
            each = stack[-1]
            waiting = [asker for asker in askers[each] if asker not in known]
            if waiting:
                stack += waiting
            else:
                stack.pop()
                known.setdefault(each, not any(known[asker] for asker in askers[each]))
        return known[first]

    return {named for asker, named in names.items() if effective(asker)}, {
        (source, name) for _, source, name in circling
    }


def _returns(start: Target, names: Mapping[Target, Target]) -> bool:
    """Whether following what each retraction names leads back to `start`."""
    seen = set()
    each: Target | None = names.get(start)
    while each is not None and each not in seen:
        if each == start:
            return True
        seen.add(each)
        each = names.get(each)
    return False


def _anomalies(code: str, identities: Iterable[tuple[str, str]]) -> list[Anomaly]:
    return [{"code": code, "facts": [name]} for _, name in sorted(identities)]
