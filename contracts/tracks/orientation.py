"""Orientation: aftaleadministrator AND (systemansvarlig_bogfoering OR erp_dialog) know the plan (card, Metode 1–3)."""

from typing import Any

from contracts.instants import shown
from contracts.names import EventName
from contracts.settle import Settled

SIGNER = "aftaleadministrator"
OWNER = "systemansvarlig_bogfoering"
STAND_IN = "erp_dialog"


def derive(own: Settled) -> dict[str, Any]:
    """Return `state` none, partial or oriented; `missing` names systemansvarlig_bogfoering for the pair."""
    said = own.of(EventName.StakeholderOriented)
    first = {fact.data["role"]: fact for fact in reversed(said)}
    signer = first.get(SIGNER)
    owner = min((first[role] for role in (OWNER, STAND_IN) if role in first), key=lambda fact: fact.order, default=None)
    reached = [fact for fact in (signer, owner) if fact is not None]
    made_so = max(reached, key=lambda fact: fact.order) if len(reached) == 2 else next(iter(reached), None)
    return {
        "state": ("none", "partial", "oriented")[len(reached)],
        "since": shown(made_so.time) if made_so else None,
        "missing": [role for role, fact in ((SIGNER, signer), (OWNER, owner)) if fact is None],
        "facts": sorted(fact.id for fact in reached),
        "roles": {role: shown(fact.time) for role, fact in sorted(first.items())},
    }
