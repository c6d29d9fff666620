"""Retractions: what they take away, and which of them name each other, or themselves, in a circle."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from contracts.facts import Fact

#: Topic, source and id: a retraction names a fact on its own topic only.
Target = tuple[str, str, str]


class Effect(NamedTuple):
    """What effective retractions take, and the retractions that have no effect, circle by circle."""

    taken: frozenset[Target]
    circles: tuple[tuple[Fact, ...], ...]


def effect_of(retractions: Iterable[Fact]) -> Effect:
    """Return what `retractions` of different identities come to; one that is itself taken away takes nothing."""
    facts = {target_of(fact): fact for fact in retractions}
    names = {asker: _named_by(fact) for asker, fact in facts.items()}
    straight = list(_outside_circles(names))
    taken: set[Target] = set()
    for asker in straight:
        if asker not in taken:
            taken.add(names[asker])
    circles = tuple(_circles(names, names.keys() - straight))
    return Effect(
        frozenset(taken),
        tuple(tuple(sorted((facts[each] for each in circle), key=_order)) for circle in circles),
    )


def target_of(fact: Fact) -> Target:
    """Return by what a retraction names `fact`."""
    return str(fact.topic), fact.source, fact.id


def _named_by(retraction: Fact) -> Target:
    return str(retraction.topic), retraction.data["source"], retraction.data["id"]


def _outside_circles(names: Mapping[Target, Target]) -> Iterator[Target]:
    """Yield each retraction that is on no circle, after all those that name it; who is on one waits for ever."""
    waiting = Counter(names.values())
    ready = [each for each in names if not waiting[each]]
    while ready:
        asker = ready.pop()
        yield asker
        named = names[asker]
        waiting[named] -= 1
        if not waiting[named] and named in names:
            ready.append(named)


def _circles(names: Mapping[Target, Target], circling: set[Target]) -> Iterator[list[Target]]:
    left = set(circling)
    while left:
        circle = [min(left)]
        while names[circle[-1]] != circle[0]:
            circle.append(names[circle[-1]])
        left.difference_update(circle)
        yield circle


def _order(fact: Fact) -> tuple[str, str, str]:
    return fact.order
