"""A service on a database of its own to which every batch shows that it is far behind, and what happens to it."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import bson

from contracts.codec import KafkaRecord
from contracts.examples import ROLLOUT
from contracts.facts import document_id
from contracts.progress import derive_settled
from services.chassis.metrics import Metrics
from services.chassis.projection.debts import Debts
from services.chassis.projection.derivation import NO_ROLLOUT, Derive, Whole, stale_in
from services.chassis.projection.documents import Document
from services.chassis.projection.held import Held
from services.chassis.projection.parked import Parked
from services.chassis.projection.projector import Projector
from services.chassis.projection.store import FIRST, Store

Happening = Callable[[], Awaitable[Any]]


class InterruptedStore(Store):
    """Lets something happen once, after the documents that owe their views, or their rollouts', have been read."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        self.happens: dict[str, Happening] = {}

    async def owed(self, collection: str, after: str, most: int) -> list[Document]:
        found = await super().owed(collection, after, most)
        await self._now("owed")
        return found

    async def documents(self, collection: str, ids: Iterable[str]) -> list[Document]:
        found = await super().documents(collection, ids)
        await self._now("documents")
        return found

    async def _now(self, step: str) -> None:
        happening = self.happens.pop(step, None)
        if happening:
            await happening()


class Behind:
    """A database, and a service on it to which every batch shows that it is behind."""

    def __init__(self, database: Any) -> None:
        self.store, self.parked, self.metrics = InterruptedStore(database), Parked(database), Metrics()
        self.debts = self.another_process()

    def another_process(self, derive: Derive = derive_settled, waiting: Callable[[], int] = lambda: 0) -> Debts:
        return Debts(store=self.store, derive=derive, metrics=self.metrics, waiting=waiting)

    async def told(self, *records: KafkaRecord, debts: Debts | None = None) -> None:
        await self._projector(debts or self.debts).apply(records)

    async def told_when_level(self, *records: KafkaRecord) -> None:
        await self._projector(None).apply(records)

    def _projector(self, debts: Debts | None) -> Projector:
        return Projector(
            store=self.store,
            parked=self.parked,
            derive=derive_settled,
            metrics=self.metrics,
            moment=lambda _: None,
            debts=debts,
        )

    async def held(self) -> dict[str, Held]:
        collection = self.store.collection(FIRST.live)
        return {each["_id"]: Held(bson.encode(each)) async for each in collection.find()}

    async def owing(self) -> set[str]:
        return {name for name, held in (await self.held()).items() if held.owed}

    async def stale(self) -> dict[str, list[str]]:
        """Return in what stored views are not what follows from the stored facts, by document."""
        held = await self.held()
        rollout = held.get(document_id(ROLLOUT, None))
        whole = Whole(list(rollout.facts.values())) if rollout else NO_ROLLOUT
        found = {name: stale_in(each, whole, derive_settled) for name, each in held.items()}
        return {name: sentences for name, sentences in found.items() if sentences}
