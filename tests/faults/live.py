"""Live traffic at a steady rate, and readers who complain about any view that is older than one they have read."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import islice

from aiokafka import AIOKafkaProducer

from contracts.facts import document_id
from contracts.records import Message
from services.chassis.projection.documents import Document
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.store import Store
from services.chassis.queries.views import Pair, Views
from tests.faults.trial import Trial

#: Seconds between two lots of messages.
TICK_S = 0.05


class Traffic:
    """Sends messages until it is stopped; `sent` counts those that the log has acknowledged."""

    def __init__(self, trial: Trial, messages: Iterable[Message], per_second: int) -> None:
        self._trial = trial
        self._messages = iter(messages)
        self._lot = max(1, round(per_second * TICK_S))
        self._stopped = asyncio.Event()
        self.sent = 0

    def stop(self) -> None:
        self._stopped.set()

    async def run(self) -> None:
        async with AIOKafkaProducer(
            bootstrap_servers=self._trial.stack.bootstrap, acks="all", enable_idempotence=True
        ) as producer:
            while not self._stopped.is_set():
                lot = list(islice(self._messages, self._lot))
                await asyncio.gather(
                    *[await producer.send(each.topic, each.value, key=each.key, headers=each.headers) for each in lot]
                )
                self.sent += len(lot)
                await asyncio.sleep(TICK_S)


class Reader:
    """Reads views one after the other, as the service's own routes do; `complaints` should stay empty."""

    def __init__(self, store: Store, trial: Trial, places: Sequence[tuple[str, str]], seed: int) -> None:
        self._store = store
        self._views = Views(store=store, derive=trial.service.derive, shows_ean_conflicts=False)
        self._places = places
        self._chance = random.Random(seed)
        self._read: dict[str, Pair] = {}
        self.complaints: list[str] = []
        self.reads = 0

    async def run(self) -> None:
        while True:
            rollout, code = self._chance.choice(self._places)
            try:
                pair = await self._views.pair(rollout, code)
            except Exception as error:  # noqa: BLE001  whatever it is, a reader has met it
                self.complaints.append(f"{rollout}:{code} could not be read: {error!r}")
            else:
                self._look(document_id(rollout, code), pair)
            self.reads += 1
            await asyncio.sleep(0.005)

    def _look(self, key: str, now: Pair) -> None:
        before = self._read.get(key)
        self._read[key] = now
        if before is None:
            return
        if [name for name, offset in before.positions.items() if now.positions.get(name, -1) < offset]:
            self.complaints.append(f"{key} went back from {before.positions} to {now.positions}")
        for old, new in ((before.own, now.own), (before.rollout, now.rollout)):
            self.complaints += _losses(key, old, new)


def _losses(key: str, old: Document | None, new: Document | None) -> list[str]:
    """Return what a document does not hold or show any more."""
    if old is None:
        return []
    if new is None or old.facts.keys() - new.facts.keys():
        return [f"{key} lost facts"]
    shown, shows = ((each.progress or {}).get("facts", 0) for each in (old, new))
    return [f"{key} shows a view of {shows} facts after one of {shown}"] if shows < shown else []


@asynccontextmanager
async def reading(trial: Trial, places: Sequence[tuple[str, str]], readers: int) -> AsyncIterator[list[Reader]]:
    """Let readers read for the length of the block."""
    client = connect(trial.stack.mongo_uri, timeout_s=5)
    found = [Reader(Store(client[trial.database]), trial, places, seed) for seed in range(readers)]
    tasks = [asyncio.create_task(each.run()) for each in found]
    try:
        yield found
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await client.close()
