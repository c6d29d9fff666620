"""When a state became true, by asking what it was before each instant at which something happened."""

from collections.abc import Callable, Sequence
from typing import Any

from tests.oracle.reading import Told


def since(facts: Sequence[Told], state_of: Callable[[list[Told]], Any]) -> str | None:
    """`since` is the `time` of the fact that made the state true; None for a state that needs no fact."""
    now = state_of(list(facts))
    for moment in sorted({fact.instant for fact in facts}, reverse=True):
        if state_of([fact for fact in facts if fact.instant < moment]) != now:
            return moment
    return None
