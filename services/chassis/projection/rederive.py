"""Stored views made by older rules are derived anew in the background, from the facts that are there: no replay."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

from contracts.facts import document_id
from contracts.progress import RULES
from services.chassis.errors import StoreUnavailableError
from services.chassis.logs import logger
from services.chassis.metrics import Metrics
from services.chassis.projection.derivation import Derive
from services.chassis.projection.deriving import Deriving, wholes_of
from services.chassis.projection.store import Store, translated
from services.chassis.projection.stored import OWED

log = logger(__name__)

CHUNK = 50
#: After a chunk it rests for as long as that took, so that at most half of a processor goes into this.
RESTING = 1.0
RETRY_S = 1.0
#: While replicas with older rules may still run, their facts come into documents whose views they can't replace.
LOOK_AGAIN_S, LOOKS = 60.0, 10


class Rederived(NamedTuple):
    """How many of the views that need it have been derived anew."""

    done: int
    total: int


class Rederive:
    """The work of one service; several replicas may do it at once, and one that is killed goes on where it was."""

    def __init__(self, *, store: Store, derive: Derive, metrics: Metrics) -> None:
        self._store = store
        self._deriving = Deriving(derive, metrics)
        self._metrics = metrics
        self.state = Rederived(0, 0)

    async def watch(self) -> None:
        """Derive what is outdated; when rules have risen, look again for a while, until older replicas are gone."""
        looks = 1
        while looks:
            try:
                risen = await self.sweep()
            except StoreUnavailableError as error:
                log.warning("rederive_held_up", detail=str(error))
                await asyncio.sleep(RETRY_S)
                continue
            looks = LOOKS if risen else looks - 1
            if looks:
                await asyncio.sleep(LOOK_AGAIN_S)

    async def sweep(self) -> bool:
        """Derive every outdated view of every generation; returns whether some had been made by older rules."""
        generations = (await self._store.generation()).in_writing_order
        counts = [await self._count(each, _OUTDATED) for each in generations]
        risen = any([await self._count(each, _OLDER_RULES) for each in generations])
        self._tell(Rederived(0, sum(counts)))
        for each in generations:
            await self._sweep(each)
        # Those that were derived with their rollout, or by a batch or another replica, were not met one by one.
        self._tell(self.state._replace(done=self.state.total))
        if self.state.total:
            log.info("rederived", documents=self.state.done, rules=RULES)
        return risen

    async def _sweep(self, collection: str) -> None:
        loop = asyncio.get_running_loop()
        async for ids in self._outdated(collection):
            began = loop.time()
            await self._derive_anew(collection, ids)
            self._tell(self.state._replace(done=min(self.state.total, self.state.done + len(ids))))
            await asyncio.sleep((loop.time() - began) * RESTING)

    async def _outdated(self, collection: str) -> AsyncIterator[Sequence[str]]:
        """Yield ids in their order; one whose rules fail is passed over, not tried for ever."""
        last = ""
        while True:
            async with translated():
                query = {"$and": [{"_id": {"$gt": last}}, _OUTDATED]}
                found = await self._store.collection(collection).find(query, {"_id": 1}).sort("_id", 1).to_list(CHUNK)
            if not found:
                return
            yield [each["_id"] for each in found]
            last = found[-1]["_id"]

    async def _derive_anew(self, collection: str, ids: Sequence[str]) -> None:
        """Derive these documents, and all of a rollout whose own document is among them."""
        wholes = {document_id(each.partition(":")[0], None) for each in ids}
        documents = await self._store.documents(collection, {*ids, *wholes})
        of = [each.rollout for each in documents if each.whole_rollout and each.id in ids]
        documents += [each for each in await self._store.of_rollouts(collection, of) if each.id not in wholes]
        rollouts = wholes_of(documents)
        progress = {}
        for each in documents:
            found = self._deriving.progress_of(each, rollouts)
            if found:
                progress[each.id] = found
            await asyncio.sleep(0)
        if progress:
            await self._store.write_progress(collection, progress)

    async def _count(self, collection: str, query: dict[str, Any]) -> int:
        async with translated():
            count: int = await self._store.collection(collection).count_documents(query)
        return count

    def _tell(self, state: Rederived) -> None:
        self.state = state
        self._metrics.rederive_done.set(state.done)
        self._metrics.rederive_total.set(state.total)


_OLDER_RULES = {"progress.rules": {"$lt": RULES}}
#: A view made of another number of facts than the document holds is one that its maker's older rules could not store.
_OTHER_FACTS = {"$expr": {"$ne": ["$progress.held", {"$size": {"$objectToArray": {"$ifNull": ["$facts", {}]}}}]}}
#: One that is owed is made anyway, and would be made twice while the service catches up.
_OUTDATED = {OWED: {"$ne": True}, "$or": [_OLDER_RULES, _OTHER_FACTS]}
