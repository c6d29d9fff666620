"""What tells that a municipality's view may have changed: read for all at once, without the facts."""

from contracts.facts import WHOLE_ROLLOUT
from services.chassis.projection.store import Place, Store, translated

#: What a view begins with: it changes with the facts that it is made of, the rollout's among them.
HEADER = ("progress.rules", "progress.facts", "progress.seniority")


async def marks(store: Store, collection: str) -> dict[Place, str]:
    """Return for every municipality a mark that changes with its facts or its rollout's."""
    query = {"municipality": {"$ne": WHOLE_ROLLOUT}}
    fields = {"rollout": 1, "municipality": 1, **dict.fromkeys(HEADER, 1)}
    async with translated():
        found = await store.collection(collection).find(query, fields).to_list(None)
    return {Place(each["rollout"], each["municipality"]): str(each.get("progress")) for each in found}
