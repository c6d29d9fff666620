"""Stored documents read as they are: all of a generation in order, or some of it again."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from contracts.facts import document_id
from services.chassis.projection.held import Held
from services.chassis.projection.store import Store, translated

CHUNK = 100


async def in_order(store: Store, collection: str, *queries: Mapping[str, Any]) -> AsyncIterator[Sequence[Held]]:
    """Yield the documents that fit all queries by id; a rollout's own comes before those of its municipalities."""
    query = {"$and": [each for each in queries if each]} if any(queries) else {}
    async with translated():
        cursor = _raw(store, collection).find(query).sort("_id", 1).batch_size(CHUNK)
        while found := await cursor.to_list(CHUNK):
            yield [Held(bytes(each.raw)) for each in found]


async def again(store: Store, collection: str, some: Mapping[str, Any]) -> dict[str, Held]:
    """Return documents and their rollouts' own as they are now, by name; `some` has each one's `_id` by its name."""
    wholes = {document_id(name.partition(":")[0], None) for name in some}
    async with translated():
        found = await _raw(store, collection).find({"_id": {"$in": [*some.values(), *wholes]}}).to_list(None)
    return {each.id: each for each in (Held(bytes(document.raw)) for document in found)}


def _raw(store: Store, collection: str) -> Any:
    """Return a collection whose documents come as bytes, so that only those that need it are taken apart."""
    return store.collection(collection).with_options(codec_options=CodecOptions(document_class=RawBSONDocument))
