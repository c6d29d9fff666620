"""Orientation: aftaleadministrator AND (systemansvarlig_bogfoering OR erp_dialog) know the plan (card, Metode 1–3)."""

from collections.abc import Iterable
from typing import Any

from contracts.concerns import Concern
from contracts.facts import Fact
from contracts.instants import shown
from contracts.settle import Settled
from contracts.tracks.grounds import remembered

SIGNER = "aftaleadministrator"
OWNER = "systemansvarlig_bogfoering"
STAND_IN = "erp_dialog"


def derive(own: Settled) -> dict[str, Any]:
    """Return `state` none, partial or oriented; `missing` names systemansvarlig_bogfoering for the pair."""
    return _derived(tuple(own.about(Concern.ORIENTATION)))


@remembered
def _derived(facts: tuple[Fact, ...]) -> dict[str, Any]:
    first = _first_told(facts)
    signer = first.get(SIGNER)
    owner = next((fact for role, fact in first.items() if role in {OWNER, STAND_IN}), None)
    reached = [fact for fact in first.values() if fact is signer or fact is owner]
    return {
        "state": ("none", "partial", "oriented")[len(reached)],
        "since": shown(reached[-1].time) if reached else None,
        "missing": [role for role, fact in ((SIGNER, signer), (OWNER, owner)) if fact is None],
        "facts": [fact.id for fact in reached],
        "roles": {role: shown(fact.time) for role, fact in sorted(first.items())},
    }


def _first_told(facts: Iterable[Fact]) -> dict[str, Fact]:
    """Return by role the first fact that says it is oriented, the earliest role first."""
    first: dict[str, Fact] = {}
    for fact in facts:
        first.setdefault(fact.data["role"], fact)
    return first
