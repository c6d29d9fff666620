"""Which agreements a later one takes the place of; links that run in a circle take nobody's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from contracts.facts import Fact


class Link(NamedTuple):
    """An AgreementSent says that its agreement takes the place of an earlier one."""

    successor: str
    earlier: str
    fact: Fact


def superseded(sent: Iterable[Fact]) -> tuple[dict[str, str], list[Fact]]:
    """Return each superseded agreement's id with its first successor's, and the facts whose links run in a circle."""
    links = [Link(fact.subject, fact.data["supersedes"], fact) for fact in sent if _supersedes(fact)]
    if not links:
        return {}, []
    onward: dict[str, set[str]] = defaultdict(set)
    for link in links:
        onward[link.successor].add(link.earlier)
    successors: dict[str, str] = {}
    circling = []
    for link in links:
        if link.successor in _reached(link.earlier, onward):
            circling.append(link.fact)
        else:
            successors.setdefault(link.earlier, link.successor)
    return successors, circling


def _supersedes(sent: Fact) -> bool:
    return sent.data.get("supersedes") is not None


def _reached(start: str, onward: Mapping[str, set[str]]) -> set[str]:
    """Return `start` and every agreement that it supersedes, directly or through others."""
    reached, ahead = {start}, [start]
    while ahead:
        new = onward.get(ahead.pop(), set()) - reached
        reached |= new
        ahead += new
    return reached
