"""A batch of records becomes facts in documents: decode, union, read back, derive, write; what is no fact is parked."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from contracts import codec
from contracts.facts import WHOLE_ROLLOUT, Fact, Heard, document_id, fact_key
from contracts.progress import RULES
from contracts.records import Record
from contracts.refusals import Reason, Refusal
from contracts.settle import Settled, settle
from contracts.topics import partition_name
from services.chassis import clock
from services.chassis.documents import FULL_BYTES, FULL_FACTS, Amount, Document, Union, header, size_of
from services.chassis.logs import logger
from services.chassis.metrics import Metrics
from services.chassis.parked import Parked, ParkedRecord
from services.chassis.store import Store

log = logger(__name__)

#: The rules of one service: what a municipality's own facts and its rollout's mean.
Derive = Callable[[Settled, Settled], dict[str, Any]]
#: Called at each step that a crash could follow; tests stop the process there.
Moment = Callable[[str], None]

#: Documents read back and derived at once; the event loop breathes in between.
CHUNK = 200


class Projector:
    """Applies batches to the documents of one service; applying one twice, or in another order, changes nothing."""

    def __init__(self, *, store: Store, parked: Parked, derive: Derive, metrics: Metrics, moment: Moment) -> None:
        self._store = store
        self._parked = parked
        self._derive = derive
        self._metrics = metrics
        self._moment = moment

    async def apply(self, records: Sequence[Record]) -> None:
        """Make `records` part of every generation; returns when all of it is durable. Raises StoreUnavailableError."""
        heard, parked = await self._merge(records, None)
        if parked:
            await self._parked.keep(parked)
        self._count(records, heard, parked)

    async def attempt(self, records: Sequence[Record], *, judged_at: int) -> list[ParkedRecord]:
        """Make parked `records` part of every generation, at `judged_at` (ms); returns those that are no facts yet."""
        _, parked = await self._merge(records, judged_at)
        return parked

    async def _merge(
        self, records: Sequence[Record], judged_at: int | None
    ) -> tuple[list[tuple[Record, Heard]], list[ParkedRecord]]:
        generation = await self._store.generation()
        heard, refused = _decode(records, judged_at)
        for collection in generation.in_writing_order:
            overflowing = await self._write(collection, heard)
        return heard, [*refused, *overflowing]

    async def _write(self, collection: str, heard: Sequence[tuple[Record, Heard]]) -> list[ParkedRecord]:
        admitted, overflowing = await self._admit(collection, heard)
        unions = _unions(admitted)
        if unions:
            await self._store.union(collection, unions)
        self._moment("after_union")
        await self._derive_touched(collection, {union.id: union.rollout for union in unions})
        self._moment("after_progress")
        return overflowing

    async def _admit(
        self, collection: str, heard: Sequence[tuple[Record, Heard]]
    ) -> tuple[Sequence[tuple[Record, Heard]], list[ParkedRecord]]:
        """Split off what would overfill a document; a fact that it already holds is always welcome."""
        brought = _brought(heard)
        if not brought:
            return heard, []
        most = Amount(*map(max, zip(*brought.values(), strict=True)))
        crowded = {each.id: each for each in await self._store.nearly_full(collection, brought, most)}
        if not crowded and not most.full:
            return heard, []
        return _split(heard, {key: crowded[key].facts if key in crowded else {} for key in brought})

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
        own = {each.rollout: each for each in documents if each.whole_rollout}
        settled = {rollout: self._settled(document) for rollout, document in own.items()}
        progress: dict[str, dict[str, Any]] = {}
        for position, document in enumerate(documents):
            if position % 50 == 49:
                await asyncio.sleep(0)
            if only is None or document.id in only:
                whole = settled.get(document.rollout, _NOTHING)
                derived = self._progress_of(document, own.get(document.rollout), whole)
                if derived:
                    progress[document.id] = derived
        if progress:
            await self._store.write_progress(collection, progress)

    def _settled(self, document: Document) -> Settled | None:
        try:
            return settle(document.facts.values())
        except Exception as error:  # noqa: BLE001  see _note_failure
            self._note_failure(document, error)
            return None

    def _progress_of(
        self, document: Document, rollout: Document | None, settled: Settled | None
    ) -> dict[str, Any] | None:
        facts = list(document.facts.values())
        if document.whole_rollout:
            return header(RULES, facts, [])
        if settled is None:
            return None
        try:
            derived = self._derive(settle(facts), settled)
        except Exception as error:  # noqa: BLE001  see _note_failure
            self._note_failure(document, error)
            return None
        return {**header(RULES, facts, list(rollout.facts.values()) if rollout else []), **derived}

    def _note_failure(self, document: Document, error: Exception) -> None:
        """Say that the rules failed: the facts are safe, the view stays as it was, and the next record goes on."""
        self._metrics.derive_failures.inc()
        log.error("derive_failed", document=document.id, exc_info=error)

    def _count(
        self, records: Sequence[Record], heard: Sequence[tuple[Record, Heard]], parked: Sequence[ParkedRecord]
    ) -> None:
        now = clock.now_ms()
        for topic, many in Counter(record.topic for record in records).items():
            self._metrics.records.labels(topic).inc(many)
        self._metrics.facts.inc(len(heard))
        for record, _ in heard:
            self._metrics.visible_seconds.observe((now - record.timestamp) / 1000)
        for record, refusal in parked:
            self._metrics.parked.labels(str(refusal.reason)).inc()
            log.warning("parked", reason=str(refusal.reason), position=_position(record))


_NOTHING = settle(())
_NO_FACTS = Amount(0, 0)


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _decode(records: Iterable[Record], judged_at: int | None) -> tuple[list[tuple[Record, Heard]], list[ParkedRecord]]:
    heard: list[tuple[Record, Heard]] = []
    refused: list[ParkedRecord] = []
    for record in records:
        read = codec.read(record, judged_at)
        if isinstance(read, Refusal):
            refused.append(ParkedRecord(record, read))
        else:
            heard.append((record, read))
    return heard, refused


def _brought(heard: Iterable[tuple[Record, Heard]]) -> dict[str, Amount]:
    """Return how much a batch tells about each document, doubles included."""
    brought: dict[str, Amount] = {}
    for _, each in heard:
        before = brought.get(each.document_id, _NO_FACTS)
        brought[each.document_id] = Amount(before.facts + 1, before.bytes + size_of([each.fact]))
    return brought


def _split(
    heard: Sequence[tuple[Record, Heard]], documents: Mapping[str, Mapping[str, Fact]]
) -> tuple[list[tuple[Record, Heard]], list[ParkedRecord]]:
    held = {key: set(facts) for key, facts in documents.items()}
    sizes = {key: size_of(facts.values()) for key, facts in documents.items()}
    admitted: list[tuple[Record, Heard]] = []
    left_out: list[ParkedRecord] = []
    for record, each in heard:
        key, fact = each.document_id, fact_key(each.fact)
        if fact not in held[key]:
            if Amount(len(held[key]), sizes[key]).full:
                left_out.append(ParkedRecord(record, too_many(key)))
                continue
            held[key].add(fact)
            sizes[key] += size_of([each.fact])
        admitted.append((record, each))
    return admitted, left_out


def too_many(document: str) -> Refusal:
    sentence = (
        f"{document} already holds {FULL_FACTS:,} facts or {FULL_BYTES // 1024**2} MiB, the most one takes; "
        "find out which system sends so many."
    )
    return Refusal(Reason.TOO_MANY_FACTS, sentence, ())


def _unions(heard: Iterable[tuple[Record, Heard]]) -> list[Union]:
    unions: dict[str, Union] = {}
    for record, (rollout, municipality, fact) in heard:
        key = document_id(rollout, municipality)
        union = unions.get(key)
        if union is None:
            union = unions[key] = Union(key, rollout, municipality or WHOLE_ROLLOUT, {}, {})
        address = fact_key(fact)
        known = union.facts.get(address)
        if known is None or fact.place < known.place:
            union.facts[address] = fact
        name = partition_name(record.topic, record.partition)
        union.positions[name] = max(union.positions.get(name, -1), record.offset)
    return list(unions.values())


def _position(record: Record) -> str:
    return f"{partition_name(record.topic, record.partition)}-{record.offset}"
