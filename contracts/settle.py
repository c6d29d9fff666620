"""Which facts count: of one identity the content recorded first, and none that an effective retraction names."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from contracts.anomalies import Anomaly, Oddity, anomalies
from contracts.concerns import Concern, concern_of
from contracts.facts import Fact
from contracts.names import EventName
from contracts.retractions import effect_of, target_of

Identity = tuple[str, str]
#: Earlier and later, as `Fact.order` has it.
_ORDER = attrgetter("time", "id", "source")
_RETRACTIONS = Concern.RETRACTIONS


class Strange(NamedTuple):
    """Something odd about settling, and the facts that show it: those recorded first of their identity."""

    code: Oddity
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Settled:
    """The counting facts of one document, earliest first, and what was odd in settling which they are."""

    facts: tuple[Fact, ...]
    strange: tuple[Strange, ...] = ()

    @property
    def anomalies(self) -> list[Anomaly]:
        return [each for code, facts in self.strange for each in anomalies(code, facts)]

    def about(self, concern: Concern) -> Sequence[Fact]:
        """Return the counting facts that speak of one part of the view, earliest first."""
        return self._by_concern.get(concern, ())

    def of(self, *names: EventName) -> list[Fact]:
        """Return the counting facts of these names, earliest first."""
        return [fact for fact in self.facts if fact.name in names]

    def counts(self, fact: Fact) -> bool:
        """Whether a fact of this document counts."""
        return fact in self._counting

    def until(self, as_of: str) -> "Settled":
        """Return what held at `as_of`, an instant of fixed width; what was odd about later facts only is left out."""
        kept = tuple(fact for fact in self.facts if fact.time <= as_of)
        return Settled(kept, tuple(each for each in self.strange if any(fact.time <= as_of for fact in each.facts)))

    @cached_property
    def _by_concern(self) -> Mapping[Concern, Sequence[Fact]]:
        found: dict[Concern, list[Fact]] = defaultdict(list)
        for fact in self.facts:
            found[concern_of(fact.type)].append(fact)
        return found

    @cached_property
    def _counting(self) -> frozenset[Fact]:
        return frozenset(self.facts)


def settle(facts: Iterable[Fact], known_at: int | None = None) -> Settled:
    """Settle over everything recorded by `known_at` (milliseconds), or over all."""
    known = facts if known_at is None else (fact for fact in facts if fact.recorded <= known_at)
    winners, conflicting = _recorded_first(known)
    conflicts = tuple(Strange(Oddity.CONFLICT, (winners[each],)) for each in sorted(conflicting))
    retractions = [fact for fact in winners.values() if concern_of(fact.type) is _RETRACTIONS]
    if not retractions:
        return Settled(tuple(sorted(winners.values(), key=_ORDER)), conflicts)
    taken, circles = effect_of(retractions)
    counting = sorted((fact for fact in winners.values() if target_of(fact) not in taken), key=_ORDER)
    circling = (Strange(Oddity.RETRACTION_CYCLE, circle) for circle in circles)
    return Settled(tuple(counting), tuple(chain(conflicts, circling)))


def _recorded_first(facts: Iterable[Fact]) -> tuple[dict[Identity, Fact], set[Identity]]:
    """Return of each identity the telling with the least place, and the identities told with different content."""
    winners: dict[Identity, Fact] = {}
    conflicting: set[Identity] = set()
    for fact in facts:
        identity = (fact.source, fact.id)
        other = winners.setdefault(identity, fact)
        if other is not fact:
            winners[identity] = min(fact, other, key=attrgetter("place"))
            if _content(fact) != _content(other):
                conflicting.add(identity)
    return winners, conflicting


def _content(fact: Fact) -> tuple[str, ...]:
    """Return what makes two tellings of one identity the same fact; its body is canonical."""
    return fact.type, fact.subject, fact.time, fact.body
