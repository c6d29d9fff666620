"""The stored views of a rollout side by side, as the database's own bytes: equal bytes are equal views."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import bson

from contracts.facts import WHOLE_ROLLOUT
from services.chassis.projection.documents import Document
from services.chassis.projection.store import Store, translated
from services.chassis.projection.stored import read_back


class StoredViews(NamedTuple):
    """Some fields of each municipality's view, and the rollout's own document, in BSON; empty: there is none."""

    municipalities: bytes
    whole: bytes

    @property
    def progress(self) -> dict[str, dict[str, Any]]:
        """The views by the municipality's code."""
        return {each["municipality"]: each.get("progress") or {} for each in bson.decode_all(self.municipalities)}

    @property
    def rollout(self) -> Document | None:
        """The rollout's own document."""
        return next(map(read_back, bson.decode_all(self.whole)), None)


async def stored_views(store: Store, collection: str, rollout: str, fields: Iterable[str]) -> StoredViews:
    """Return these fields of every stored view of a rollout; raises StoreUnavailableError."""
    shown = {"municipality": 1, **{f"progress.{field}": 1 for field in fields}}
    async with translated():
        return StoredViews(
            *await asyncio.gather(
                _bytes(store, collection, {"rollout": rollout, "municipality": {"$ne": WHOLE_ROLLOUT}}, shown),
                _bytes(store, collection, {"rollout": rollout, "municipality": WHOLE_ROLLOUT}, None),
            )
        )


async def _bytes(store: Store, collection: str, query: Mapping[str, Any], shown: Mapping[str, int] | None) -> bytes:
    """Return what is found in the municipalities' order, which an index has."""
    cursor = store.collection(collection).find_raw_batches(query, shown).sort("municipality", 1)
    return b"".join([batch async for batch in cursor])
