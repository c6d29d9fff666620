"""A batch of records becomes facts in documents; what is no fact is parked."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from contracts import codec
from contracts.facts import WHOLE_ROLLOUT, document_id
from contracts.records import Record
from contracts.refusals import Refusal
from contracts.settle import Settled
from contracts.topics import partition_name
from services.chassis import clock
from services.chassis.log.consumer import BEHIND, Turn
from services.chassis.logs import logger
from services.chassis.metrics import Metrics
from services.chassis.projection.batch import Told, brought, split, told, unions, without_room
from services.chassis.projection.debts import Debts
from services.chassis.projection.deriving import Deriving, wholes_of
from services.chassis.projection.documents import Amount, Document, Union
from services.chassis.projection.one_write import NOTHING, OneWrite
from services.chassis.projection.parked import Parked, ParkedRecord
from services.chassis.projection.store import Store

log = logger(__name__)

#: The rules of one service: what a municipality's own facts and its rollout's mean.
Derive = Callable[[Settled, Settled], dict[str, Any]]
#: Called at each step that a crash could follow; tests stop the process there.
Moment = Callable[[str], None]

#: Documents read back and derived at once.
CHUNK = 200
#: Records read, or documents derived, before others get their turn in the event loop.
BREATH = 50


async def at_once() -> None:
    """Return: it is the turn of a batch that nothing comes before."""


class Projector:
    """Applies batches to the documents of one service; applying one twice, or in another order, changes nothing.

    With `debts` a batch that shows that the service is behind adds its facts alone, and their views are owed.
    """

    def __init__(  # noqa: PLR0913  wired once, by keyword
        self,
        *,
        store: Store,
        parked: Parked,
        derive: Derive,
        metrics: Metrics,
        moment: Moment,
        debts: Debts | None = None,
    ) -> None:
        self._store = store
        self._debts = debts
        self._parked = parked
        self._deriving = Deriving(derive, metrics)
        self._one_write = OneWrite(store=store, deriving=self._deriving)
        self._metrics = metrics
        self._moment = moment

    async def apply(self, records: Sequence[Record], turn: Turn = at_once) -> None:
        """Make `records` part of every generation; returns when all of it is durable. Raises StoreUnavailableError.

        They are read at once, and nothing of them is written before `turn` returns.
        """
        batch, parked = await self._merge(records, None, turn)
        if parked:
            await self._parked.keep(parked)
        self._count(records, batch, parked)

    async def attempt(self, records: Sequence[Record], *, judged_at: int) -> list[ParkedRecord]:
        """Make parked `records` part of every generation, at `judged_at` (ms); returns those that are no facts yet."""
        _, parked = await self._merge(records, judged_at, at_once)
        return parked

    async def _merge(
        self, records: Sequence[Record], judged_at: int | None, turn: Turn
    ) -> tuple[Sequence[Told], list[ParkedRecord]]:
        batch, refused = await _decode(records, judged_at)
        await turn()
        generation = await self._store.generation()
        self._one_write.known.keep_only(generation.in_writing_order)
        # Where another generation is written too, nothing is owed: it must never show less than the live one has shown.
        if self._debts and len(records) >= BEHIND and not generation.also:
            with self._debts.growing():
                overflowing = await self._add_owing(generation.live, batch)
        else:
            for collection in generation.in_writing_order:
                overflowing = await self._write(collection, batch)
        return batch, [*refused, *overflowing]

    async def _add_owing(self, collection: str, batch: Sequence[Told]) -> list[ParkedRecord]:
        """Add facts alone; where a rollout's own are among them, each view of that rollout is owed."""
        if not batch:
            return []
        touched, left_out = await self._add(collection, batch, owing=True)
        whole = {each.rollout for each in touched if each.municipality == WHOLE_ROLLOUT}
        if whole:
            await self._store.owe(collection, whole)
        self._moment("after_union")
        return without_room(left_out)

    async def _write(self, collection: str, batch: Sequence[Told]) -> list[ParkedRecord]:
        """Write facts and views: in one write, but for facts that change the views of a whole rollout."""
        whole = {each.heard.rollout for each in batch if each.heard.municipality is None}
        alone = [each for each in batch if each.heard.rollout not in whole]
        left_out, contested = await self._one_write.apply(collection, alone) if alone else NOTHING
        self._moment("after_union")
        others = [each for each in batch if each.heard.rollout in whole or each.document in contested]
        if others:
            left_out = [*left_out, *await self._union(collection, others)]
        self._moment("after_progress")
        return without_room(left_out)

    async def _union(self, collection: str, batch: Sequence[Told]) -> Sequence[Told]:
        """Add facts whatever the documents hold, read them back, and derive what is really there."""
        touched, left_out = await self._add(collection, batch, owing=False)
        self._moment("after_union")
        await self._derive_touched(collection, {union.id: union.rollout for union in touched})
        return left_out

    async def _add(
        self, collection: str, batch: Sequence[Told], *, owing: bool
    ) -> tuple[Sequence[Union], Sequence[Told]]:
        """Add facts whatever the documents hold; return what was added to each, and what finds no room."""
        admitted, left_out = await self._admit(collection, batch)
        touched = unions(admitted)
        self._one_write.known.forget(collection, (each.id for each in touched))
        if touched:
            await self._store.union(collection, touched, owing=owing)
        return touched, left_out

    async def _admit(self, collection: str, batch: Sequence[Told]) -> tuple[Sequence[Told], Sequence[Told]]:
        """Split off what would overfill a document; a fact that it already holds is always welcome."""
        amounts = brought(batch)
        most = Amount(*map(max, zip(*amounts.values(), strict=True)))
        crowded = {each.id: each for each in await self._store.nearly_full(collection, amounts, most)}
        if not crowded and not most.full:
            return batch, []
        return split(batch, {key: crowded[key].facts if key in crowded else {} for key in amounts})

    async def _derive_touched(self, collection: str, touched: dict[str, str]) -> None:
        """Derive each touched document, and all municipalities of a rollout whose own facts were touched."""
        whole = {rollout for key, rollout in touched.items() if key == document_id(rollout, None)}
        for rollout in sorted(whole):
            await self._derive_documents(collection, await self._store.of_rollouts(collection, [rollout]))
        single = [key for key, rollout in touched.items() if rollout not in whole]
        for ids in _chunks(sorted(single)):
            rollouts = {document_id(touched[key], None) for key in ids}
            await self._derive_documents(
                collection, await self._store.documents(collection, {*ids, *rollouts}), set(ids)
            )

    async def _derive_documents(
        self, collection: str, documents: Sequence[Document], only: set[str] | None = None
    ) -> None:
        wholes = wholes_of(documents)
        progress: dict[str, dict[str, Any]] = {}
        for position, document in enumerate(documents):
            if position % BREATH == 0:
                await asyncio.sleep(0)
            if only is None or document.id in only:
                derived = self._deriving.progress_of(document, wholes)
                if derived:
                    progress[document.id] = derived
        if progress:
            await self._store.write_progress(collection, progress)

    def _count(self, records: Sequence[Record], batch: Sequence[Told], parked: Sequence[ParkedRecord]) -> None:
        now = clock.now_ms()
        for topic, many in Counter(record.topic for record in records).items():
            self._metrics.records.labels(topic).inc(many)
        self._metrics.facts.inc(len(batch))
        for each in batch:
            self._metrics.visible_seconds.observe((now - each.record.timestamp) / 1000)
        for record, refusal in parked:
            self._metrics.parked.labels(str(refusal.reason)).inc()
            log.warning("parked", reason=str(refusal.reason), position=_position(record))


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


async def _decode(records: Sequence[Record], judged_at: int | None) -> tuple[list[Told], list[ParkedRecord]]:
    batch: list[Told] = []
    refused: list[ParkedRecord] = []
    for position, record in enumerate(records):
        if position % BREATH == 0:
            await asyncio.sleep(0)
        read = codec.read(record, judged_at)
        if isinstance(read, Refusal):
            refused.append(ParkedRecord(record, read))
        else:
            batch.append(told(record, read))
    return batch, refused


def _position(record: Record) -> str:
    return f"{partition_name(record.topic, record.partition)}-{record.offset}"
