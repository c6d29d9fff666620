"""What a batch costs, counted and not timed: round trips, bytes written, readings, derivations, memory blocks."""

import gc
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import bson
from pymongo import AsyncMongoClient
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from contracts import codec
from contracts.codec import KafkaRecord
from contracts.facts import Heard
from contracts.reader import read
from contracts.records import Message, Record
from contracts.refusals import Refusal
from contracts.settle import Settled
from deploy.local.ports import free_block
from deploy.local.stack import Stack
from services.agreements.progress import derive
from services.chassis.metrics import Metrics
from services.chassis.projection import projector
from services.chassis.projection.debts import Debts
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.parked import Parked
from services.chassis.projection.projector import Projector
from services.chassis.projection.store import Store
from tests.benchmarks import workload
from tests.stack import parts

BASELINE = Path(__file__).parent / "baseline.json"
RECORDED = 1_798_675_200_000
EVENTS, BATCH = 2_000, 500
#: So much worse than the baseline a counter may be: bytes and blocks differ a little between versions of Python.
TOLERANCE = 1.05


class Watch(CommandListener):
    """Counts what is sent to MongoDB, and what it sends back."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.sent: Counter[str] = Counter()
        self.updates = 0
        self.update_bytes = 0
        self.documents_read = 0

    def started(self, event: CommandStartedEvent) -> None:
        self.sent[event.command_name] += 1
        for update in event.command.get("updates", []):
            self.updates += 1
            self.update_bytes += len(bson.encode(update))

    def succeeded(self, event: CommandSucceededEvent) -> None:
        self.documents_read += len(event.reply.get("cursor", {}).get("firstBatch", []))

    def failed(self, event: CommandFailedEvent) -> None:
        """A command that fails makes the whole count worthless."""
        raise RuntimeError(event.failure)


class Counted(NamedTuple):
    """One pass of the workload through a projector."""

    watch: Watch
    read: int
    derived: int
    documents: int


async def count() -> dict[str, float]:
    """Return every counter; MongoDB is real, the records are made from the seed."""
    with tempfile.TemporaryDirectory(prefix="klarmeld-bench-") as directory:
        async with Stack(Path(directory), free_block(), parts=parts()) as stack:
            records = _records(workload.spread(EVENTS, rollouts=1))
            behind = await _pass(stack, "behind", _cut(records, BATCH))
            level = await _pass(stack, "level", _cut(records[:50], 10))
            with patch.object(projector, "BEHIND", BATCH):
                far = await _pass(stack, "far", _cut(records, BATCH))
    batches = EVENTS // BATCH
    return {
        "round trips of a batch that is behind": sum(behind.watch.sent.values()) / batches,
        "round trips of a small batch": sum(level.watch.sent.values()) / 5,
        "updates of a document in a batch": behind.watch.updates / behind.documents,
        "bytes of an update": behind.watch.update_bytes / behind.watch.updates,
        "documents read back in a batch": behind.watch.documents_read / batches,
        "derivations of a document in a batch": behind.derived / behind.documents,
        "round trips of a batch that is far behind, with its views": sum(far.watch.sent.values()) / batches,
        "updates of a document in a batch that is far behind": far.watch.updates / far.documents,
        "derivations of a document in a batch that is far behind": far.derived / far.documents,
        "readings of an event": behind.read / EVENTS,
        "memory blocks kept of an event": _blocks(records),
    }


def worse(counted: Mapping[str, float], baseline: Mapping[str, float]) -> list[str]:
    """Return a sentence for each counter that is worse than the baseline, or that only one of both has."""
    odd = [f"{name}: only in one of both" for name in counted.keys() ^ baseline.keys()]
    shared = counted.keys() & baseline.keys()
    more = (name for name in shared if counted[name] > baseline[name] * TOLERANCE)
    return sorted([*odd, *(f"{name}: {counted[name]:,.2f}, not {baseline[name]:,.2f}" for name in more)])


def read_baseline() -> dict[str, float]:
    found: dict[str, float] = json.loads(BASELINE.read_text(encoding="utf-8"))
    return found


def write_baseline(counted: Mapping[str, float]) -> None:
    BASELINE.write_text(json.dumps(counted, indent=2) + "\n", encoding="utf-8")


async def _pass(stack: Stack, label: str, batches: Sequence[Sequence[KafkaRecord]]) -> Counted:
    """Apply the batches to an empty database; preparing it is not counted."""
    watch, done = Watch(), Counter[str]()

    def deriving(own: Settled, rollout: Settled) -> dict[str, Any]:
        done["derived"] += 1
        return derive(own, rollout)

    def reading(record: Record, judged_at: int | None = None) -> Heard | Refusal:
        done["read"] += 1
        return read(record, judged_at)

    client = connect(stack.mongo_uri, timeout_s=20, client_class=partial(AsyncMongoClient, event_listeners=[watch]))
    database = client[f"counted_{label}"]
    store = Store(database)
    await store.prepare()
    metrics = Metrics()
    debts = Debts(store=store, derive=deriving, metrics=metrics)
    applying = Projector(
        store=store, parked=Parked(database), derive=deriving, metrics=metrics, moment=lambda _: None, debts=debts
    )
    watch.clear()
    with patch.object(codec, "read", reading):
        for batch in batches:
            await applying.apply(batch)
        if debts.open:
            await debts.settle()
    await client.close()
    documents = sum(len({(each.key, dict(each.headers)["ce_rollout"]) for each in batch}) for batch in batches)
    return Counted(watch, done["read"], done["derived"], documents)


def _records(messages: Iterable[Message]) -> list[KafkaRecord]:
    return [
        KafkaRecord(each.topic, offset % 6, offset, RECORDED + offset, each.key, each.value, each.headers)
        for offset, each in enumerate(messages)
    ]


def _blocks(records: Sequence[KafkaRecord]) -> float:
    """Return how many blocks of memory one event keeps once it has been read."""
    kept = [codec.read(each) for each in records]  # whatever is remembered at a first reading is there afterwards
    gc.collect()
    gc.disable()
    before = sys.getallocatedblocks()
    kept = [codec.read(each) for each in records] + kept
    after = sys.getallocatedblocks()
    gc.enable()
    return (after - before) / len(records)


def _cut(records: Sequence[KafkaRecord], size: int) -> list[Sequence[KafkaRecord]]:
    return [records[start : start + size] for start in range(0, len(records), size)]
