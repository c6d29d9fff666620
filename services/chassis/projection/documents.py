"""A projection document as the chassis sees it: a set of facts, the positions applied, and what was derived."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from contracts.codec import LARGEST
from contracts.facts import WHOLE_ROLLOUT, Fact
from contracts.topics import Topic

#: A document is full at this many facts or bytes of bodies; what comes after is parked (`too_many_facts`).
FULL_FACTS = 2_000
FULL_BYTES = 4 * 1024 * 1024
#: Around a fact's body MongoDB also keeps its attributes; this many bytes is what they take at most in practice.
ATTRIBUTES_BYTES = 400
#: No fact takes fewer bytes in MongoDB than this.
LEAST_FACT_BYTES = 250

#: With fewer facts than this no document is full: a body has its limit, and a subject stands in its body.
FEWEST_FULL = FULL_BYTES // (2 * LARGEST + ATTRIBUTES_BYTES)

_TOPIC_RANK: dict[str, int] = {topic: rank for rank, topic in enumerate(sorted(Topic))}


class Document(NamedTuple):
    """One document: of a municipality in a rollout, or of the rollout itself (`municipality` is then `*`)."""

    id: str
    rollout: str
    municipality: str
    facts: Mapping[str, Fact]
    positions: Mapping[str, int]
    progress: Mapping[str, Any] | None
    full: bool = False
    #: Which writing of facts was the last; None where it is not known, as after a rebuild.
    mark: str | None = None
    #: Whether it holds facts that its view was not made with yet.
    owed: bool = False

    @property
    def whole_rollout(self) -> bool:
        return self.municipality == WHOLE_ROLLOUT


class Union(NamedTuple):
    """What a batch adds to one document: facts by key, and the highest offset by partition."""

    id: str
    rollout: str
    municipality: str
    facts: dict[str, Fact]
    positions: dict[str, int]


class Amount(NamedTuple):
    """So many facts, and about so many bytes of them."""

    facts: int
    bytes: int

    @property
    def full(self) -> bool:
        return self.facts >= FULL_FACTS or self.bytes >= FULL_BYTES


def size_of(facts: Iterable[Fact]) -> int:
    """Return about how many bytes these facts take in a document."""
    sizes = [len(fact.body) + len(fact.subject) for fact in facts]
    return sum(sizes) + ATTRIBUTES_BYTES * len(sizes)


def seniority(facts: Sequence[Fact]) -> list[int]:
    """Return a measure of the places of a set of facts that rises whenever an earlier telling of one is merged in.

    Sums fall as places move earlier, component by component; negated and compared in order they rise strictly.
    """
    recorded, topics, partitions, offsets, *_ = zip(*facts, strict=True) if facts else [()] * 4
    ranks = sum([_TOPIC_RANK.get(topic, 0) for topic in topics])
    return [-sum(recorded), -(ranks * 10_000 + sum(partitions)), -sum(offsets)]


#: The fields of a view by which views are compared; while they stay, so does the view.
COMPARED = ("rules", "facts", "seniority")


def header(rules: int, own: Sequence[Fact], rollout: Sequence[Fact]) -> dict[str, Any]:
    """Return the first fields of `progress`, by which `$max` keeps the view made by newer rules, then from more facts.

    `facts` counts the municipality's and the rollout's together; `seniority` orders views of equally many facts.
    """
    return {
        "rules": rules,
        "facts": len(own) + len(rollout),
        "seniority": seniority([*own, *rollout]),
        "held": len(own),
        "bytes": size_of(own),
    }
