"""What tells that a municipality's view may have changed: read for all at once, without the facts."""

from contracts.facts import WHOLE_ROLLOUT
from services.chassis.projection.documents import COMPARED
from services.chassis.projection.store import Place, Store, translated


async def marks(store: Store, collection: str) -> dict[Place, str]:
    """Return for every municipality a mark that changes with its facts or its rollout's."""
    query = {"municipality": {"$ne": WHOLE_ROLLOUT}}
    fields = {"rollout": 1, "municipality": 1, **{f"progress.{name}": 1 for name in COMPARED}}
    async with translated():
        found = await store.collection(collection).find(query, fields).to_list(None)
    return {Place(each["rollout"], each["municipality"]): str(each.get("progress")) for each in found}
