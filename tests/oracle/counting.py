"""Which facts count: one of each, conflicts, retractions, and what held as of an instant as known at another."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.oracle.reading import Told, ids

Anomaly = tuple[str, frozenset[str]]


class Counting(NamedTuple):
    """The facts that count, and what was odd about settling it: a code, and the facts recorded first that show it."""

    facts: tuple[Told, ...]
    odd: tuple[tuple[str, tuple[Told, ...]], ...]

    @property
    def anomalies(self) -> frozenset[Anomaly]:
        return frozenset((code, ids(facts)) for code, facts in self.odd)

    def until(self, as_of: str) -> "Counting":
        """Of those, the ones with `time` ≤ `as_of` T are kept; what is odd about later facts only is not shown yet."""
        return Counting(
            tuple(fact for fact in self.facts if fact.instant <= as_of),
            tuple((code, facts) for code, facts in self.odd if any(fact.instant <= as_of for fact in facts)),
        )


def counting(tellings: Iterable[Told], known_at: int | None = None) -> Counting:
    """Which facts count is settled over everything recorded by `known_at` R (milliseconds)."""
    known = [each for each in tellings if known_at is None or each.place[0] <= known_at]
    facts = _one_of_each(known)
    winners = _recorded_first(facts)
    return Counting(
        tuple(fact for fact in winners if not _is_retracted(fact, winners)),
        (*_conflicts(winners, facts), *_cycles(winners)),
    )


def _one_of_each(tellings: Iterable[Told]) -> list[Told]:
    """Binary and structured copies, `Z` and `+00:00`, other spacing or key order are one fact, at its first place."""
    first: dict[object, Told] = {}
    for each in sorted(tellings, key=lambda told: told.place):
        first.setdefault((each.identity, each.content), each)
    return list(first.values())


def _recorded_first(facts: list[Told]) -> list[Told]:
    """The one recorded first counts. Recorded first = least (record timestamp, topic, partition, offset)."""
    return [
        fact for fact in facts if fact.place == min(other.place for other in facts if other.identity == fact.identity)
    ]


def _conflicts(winners: list[Told], facts: list[Told]) -> Iterator[tuple[str, tuple[Told, ...]]]:
    """The same identity with other content is a conflict (anomaly)."""
    for winner in winners:
        if any(other.identity == winner.identity and other.content != winner.content for other in facts):
            yield "conflict", (winner,)


def _names(retraction: Told, fact: Told) -> bool:
    """`FactRetracted` names (source, id) within the same topic and document."""
    return (
        retraction.name == "FactRetracted"
        and (retraction.data["source"], retraction.data["id"]) == fact.identity
        and retraction.topic == fact.topic
    )


def _is_retracted(fact: Told, facts: list[Told]) -> bool:
    """A retraction can itself be retracted; one that is, or that is in a circle, has no effect."""
    return any(
        _names(retraction, fact) and not _circle(retraction, facts) and not _is_retracted(retraction, facts)
        for retraction in facts
    )


def _circle(fact: Told, facts: list[Told]) -> list[Told]:
    """The retractions that name each other in a circle through `fact`, or `fact` alone if it names itself."""
    path = [fact]
    while True:
        following = [other for other in facts if _names(path[-1], other)]
        if not following:
            return []
        if following[0] is fact:
            return path
        if following[0] in path:
            return []
        path.append(following[0])


def _cycles(facts: list[Told]) -> Iterator[tuple[str, tuple[Told, ...]]]:
    for fact in facts:
        circle = _circle(fact, facts)
        if circle:
            yield "retraction_cycle", tuple(circle)
