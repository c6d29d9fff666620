"""What a derived value rests on: the fact since which it holds, and the ids of the facts behind it."""

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import ParamSpec, TypeVar

from contracts.facts import Fact
from contracts.instants import shown

#: A fact, and the state after it.
Step = tuple[Fact, Hashable]
Given = ParamSpec("Given")
Result = TypeVar("Result")
#: So many results of each rule are remembered: those of the municipalities that a batch, or a page, is about. Each
#: keeps the facts that it rests on.
REMEMBERED = 512


def remembered(rule: Callable[Given, Result]) -> Callable[Given, Result]:
    """Apply a rule once to the same facts: a new fact changes one part of a view, and the others rest on the old ones.

    Its arguments are tuples of facts; its results are shared between callers and must not be changed.
    """
    return lru_cache(maxsize=REMEMBERED)(rule)  # type: ignore[return-value]


def turning_point(history: Iterable[Step], start: Hashable = None) -> Fact | None:
    """Return the fact since which the last state of `history`, earliest first, holds without a break.

    Facts of one instant are one moment, so that the view as of any instant agrees. None while `start` still holds.
    """
    point, held = None, start  # at the end of the last moment
    first, state, instant = None, start, None
    for fact, after in history:
        if fact.time != instant:
            point, held, instant = (point if state == held else first), state, fact.time
        if after != state:
            first, state = fact, after
    return point if state == held else first


def since(point: Fact | None) -> str | None:
    """Return the time of a turning point as JSON shows it."""
    return shown(point.time) if point else None


def in_time(shown_instant: str) -> str:
    """Return a text that sorts like the instant, also before and after instants with a fraction."""
    return shown_instant.removesuffix("Z")


def ids(facts: Iterable[Fact | None]) -> list[str]:
    """Return the ids of the facts that are there, each once."""
    return list(dict.fromkeys([fact.id for fact in facts if fact]))
