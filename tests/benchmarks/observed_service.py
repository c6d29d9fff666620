"""`python -m tests.benchmarks.observed_service NAME FILE`: one that writes down when each step of a batch happened.

Each step is a line of JSON in FILE, with the time on the clock that all processes of a machine share.
"""

import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TextIO

from aiokafka.consumer import fetcher

from contracts.records import Record
from contracts.topics import partition_name
from services.chassis.log.consumer import Turn
from services.chassis.projection import projector
from services.chassis.projection.store import Generation, Store
from services.chassis.queries import streams
from services.chassis.queries.live import Live
from tests.altered_service import serve
from tests.benchmarks.legs import positions_of

Write = Callable[..., None]
#: The collection that readers see, as the batch or the settling that runs here found it.
LIVE: ContextVar[str] = ContextVar("LIVE", default="")
#: The offsets of the batch that runs here, by partition; empty where none does.
RANGES: ContextVar[Mapping[str, tuple[int, int]]] = ContextVar("RANGES", default={})  # noqa: B039  never changed


def main(name: str, file: str) -> None:
    """Serve `name` like its own entry point, but observed."""
    with Path(file).open("w", buffering=1, encoding="utf-8") as lines:
        note = _noting(lines)
        for observe in (_fetching, _batches, _decoding, _pointer, _writing, _adding, _deriving_late, _waking, _telling):
            observe(note)
        serve(name)


def _noting(lines: TextIO) -> Write:
    def note(step: str, at: int, **about: Any) -> None:
        lines.write(json.dumps({"step": step, "at": at, **about}, separators=(",", ":")) + "\n")

    return note


def _fetching(note: Write) -> None:
    """Observe what the Kafka client is sent: from which offset on, whether anybody has asked it for that or not."""

    class Fetched(fetcher.PartitionRecords):  # type: ignore[misc]
        def __init__(self, partition: Any, records: Any, aborted: Any, offset: int, *more: Any) -> None:
            note("fetched", time.perf_counter_ns(), positions={partition_name(*partition): offset})
            super().__init__(partition, records, aborted, offset, *more)

    fetcher.PartitionRecords = Fetched


def _batches(note: Write) -> None:
    apply = projector.Projector.apply

    async def observed(self: projector.Projector, records: Sequence[Record], turn: Turn = projector.at_once) -> None:
        RANGES.set(ranges(records))
        note("begun", time.perf_counter_ns(), ranges=RANGES.get())
        await apply(self, records, turn)

    projector.Projector.apply = observed  # type: ignore[method-assign]


def _decoding(note: Write) -> None:
    decode = projector._decode

    async def observed(records: Sequence[Record], judged_at: int | None) -> Any:
        found = await decode(records, judged_at)
        note("decoded", time.perf_counter_ns(), ranges=ranges(records))
        return found

    projector._decode = observed


def ranges(records: Sequence[Record]) -> dict[str, tuple[int, int]]:
    """Return the first and the last offset of each partition."""
    found: dict[str, tuple[int, int]] = {}
    for each in records:
        name = partition_name(each.topic, each.partition)
        found[name] = (found[name][0] if name in found else each.offset, each.offset)
    return found


def _pointer(note: Write) -> None:
    """Observe when a batch knows which collection readers see, and keep which: others are written too in a rebuild."""
    look = Store.generation

    async def observed(self: Store) -> Generation:
        generation = await look(self)
        LIVE.set(generation.live)
        if RANGES.get():
            note("pointed", time.perf_counter_ns(), ranges=RANGES.get())
        return generation

    Store.generation = observed  # type: ignore[method-assign]


def _writing(note: Write) -> None:
    """Observe facts, positions and view in one write."""
    write = Store.write

    async def observed(self: Store, collection: str, writes: Sequence[Any], mark: str) -> set[str]:
        began = time.perf_counter_ns()
        contested = await write(self, collection, writes, mark)
        if collection == LIVE.get():
            taken = {each.union.id: each.union.positions for each in writes if each.union.id not in contested}
            note("written", time.perf_counter_ns(), began=began, documents=taken)
        return contested

    Store.write = observed  # type: ignore[method-assign]


#: What was added to a document of the live collection without its view, which is made later.
OWED: dict[str, dict[str, int]] = {}


def _adding(_note: Write) -> None:
    """Keep which facts were added without their view; they are written when the view is."""
    union = Store.union

    async def observed(self: Store, collection: str, unions: Sequence[Any], *, owing: bool = False) -> None:
        await union(self, collection, unions, owing=owing)
        if collection == LIVE.get():
            for each in unions:
                OWED[each.id] = OWED.get(each.id, {}) | each.positions

    Store.union = observed  # type: ignore[method-assign]


def _deriving_late(note: Write) -> None:
    """Observe views that are written after their facts."""
    write_progress, settle = Store.write_progress, Store.settle

    async def late(collection: str, documents: Sequence[str], write: Awaitable[None]) -> None:
        positions = {each: dict(OWED.get(each, {})) for each in documents}
        began = time.perf_counter_ns()
        await write
        if collection == LIVE.get():
            note("written", time.perf_counter_ns(), began=began, documents=positions)

    async def progress_observed(self: Store, collection: str, progress: Mapping[str, Any]) -> None:
        await late(collection, list(progress), write_progress(self, collection, progress))

    async def settle_observed(self: Store, collection: str, views: Sequence[Any]) -> None:
        await late(collection, [document.id for document, _ in views], settle(self, collection, views))

    Store.write_progress = progress_observed  # type: ignore[method-assign]
    Store.settle = settle_observed  # type: ignore[method-assign]


def _waking(note: Write) -> None:
    """Observe what the change stream says of documents that somebody follows; None is a gap, after which all look."""
    wake = Live._wake

    async def observed(self: Live, key: str | None) -> None:
        heard = time.perf_counter_ns()
        await wake(self, key)
        if key is None or key in self._channels:
            note("told", heard, document=key)

    Live._wake = observed  # type: ignore[method-assign]


def _telling(note: Write) -> None:
    """Observe when a view is given to the response of one who follows it."""
    told = streams.told

    async def observed(live: Live, key: str, *more: Any) -> AsyncIterator[Any]:
        async for event in told(live, key, *more):
            handed = time.perf_counter_ns()
            yield event
            note("handed", handed, document=key, positions=positions_of(event.raw_data))

    streams.told = observed


if __name__ == "__main__":
    main(*sys.argv[1:])
