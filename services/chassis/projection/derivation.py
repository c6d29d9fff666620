"""What the rules derive of a document's facts, and in what a stored view differs from that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import bson

from contracts.diff import differences
from contracts.facts import Fact
from contracts.progress import RULES
from contracts.settle import Settled, settle
from services.chassis.projection.documents import header
from services.chassis.projection.held import Held

Derive = Callable[[Settled, Settled], dict[str, Any]]
#: So many values of a stale view are named.
MOST_NAMED = 5


@dataclass(frozen=True)
class Whole:
    """A rollout's own facts, settled once for all of its municipalities."""

    facts: Sequence[Fact] = ()

    @cached_property
    def settled(self) -> Settled:
        return settle(self.facts)


NO_ROLLOUT = Whole()


def derived(own: Sequence[Fact], whole: Whole, derive: Derive) -> dict[str, Any]:
    """Return a municipality's `progress` as it is stored; raises what the rules raise."""
    return {**header(RULES, own, whole.facts), **derive(settle(own), whole.settled)}


def derived_of_rollout(own: Sequence[Fact]) -> dict[str, Any]:
    """Return the `progress` of a rollout's own document: its header alone."""
    return header(RULES, own, [])


def stale_in(held: Held, whole: Whole, derive: Derive) -> list[str]:
    """Return a sentence for each value of the stored view that is not what the rules derive of the stored facts."""
    if held.progress is None:
        return ["the document has no progress"]
    own = list(held.facts.values())
    try:
        due = derived_of_rollout(own) if held.whole_rollout else derived(own, whole, derive)
    except Exception as error:  # noqa: BLE001  the rules are judged here like the rest
        return [f"the rules fail on its facts with {type(error).__name__}"]
    return _named(held.progress, bson.decode(bson.encode(due)))


def _named(shown: Mapping[str, Any], due: Mapping[str, Any]) -> list[str]:
    if shown == due and list(shown)[:3] == list(due)[:3]:
        return []
    values = differences(shown, due)
    named = [f"{each['path']} is {each['before']!r}, not {each['after']!r}" for each in values[:MOST_NAMED]]
    if len(values) > MOST_NAMED:
        named.append(f"{len(values) - MOST_NAMED} more values differ")
    return named or ["its first fields are not in the order by which newer views win"]
