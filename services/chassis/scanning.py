"""Stored documents read as they are: all of a generation in order, or some of it again."""

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple

from contracts.facts import WHOLE_ROLLOUT, document_id
from services.chassis.held import Held
from services.chassis.store import Store, translated

CHUNK = 100


class Selection(NamedTuple):
    """Which documents are meant; what is None does not narrow."""

    rollout: str | None = None
    municipality: str | None = None

    def holds(self, document: str) -> bool:
        rollout, _, municipality = document.partition(":")
        return self.rollout in {None, rollout} and self.municipality in {None, municipality}

    @property
    def query(self) -> dict[str, Any]:
        """Return the selection, with the rollouts' own documents, by `_id` alone: other fields may be damaged."""
        rollout = "[^:]*" if self.rollout is None else re.escape(self.rollout)
        if self.municipality is None:
            return {} if self.rollout is None else {"_id": {"$regex": f"^{rollout}:"}}
        code = re.escape(self.municipality)
        return {"_id": {"$regex": f"^{rollout}:({code}|{re.escape(WHOLE_ROLLOUT)})$"}}


EVERYTHING = Selection()


async def in_order(store: Store, collection: str, selection: Selection = EVERYTHING) -> AsyncIterator[Sequence[Held]]:
    """Yield the documents by id, in chunks; a rollout's own comes before those of its municipalities."""
    async with translated():
        cursor = store.collection(collection).find(selection.query).sort("_id", 1).batch_size(CHUNK)
        while found := await cursor.to_list(CHUNK):
            yield [Held(str(each["_id"]), each) for each in found]


async def again(store: Store, collection: str, some: Mapping[str, Any]) -> dict[str, Held]:
    """Return documents and their rollouts' own as they are now, by name; `some` has each one's `_id` by its name."""
    wholes = {document_id(name.partition(":")[0], None) for name in some}
    async with translated():
        found = await store.collection(collection).find({"_id": {"$in": [*some.values(), *wholes]}}).to_list(None)
    return {str(each["_id"]): Held(str(each["_id"]), each) for each in found}
