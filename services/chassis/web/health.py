"""Whether a service does its work: probed from outside its own state, so that a silent death shows within seconds."""

import asyncio
from collections.abc import Iterator
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition  # noqa: TID251  this module is its home

from contracts.topics import partition_name
from services.chassis import clock
from services.chassis.errors import StoreUnavailableError
from services.chassis.log.consumer import Consumer
from services.chassis.logs import logger
from services.chassis.metrics import Metrics
from services.chassis.projection.debts import Debts
from services.chassis.projection.store import Store

log = logger(__name__)

EVERY_S = 1.5
PROBE_S = 3
#: With records waiting and none handled for this long, the service is stuck, whatever its connections say.
STUCK_S = 20


class PartitionLag(NamedTuple):
    """How far behind one partition is: records not handled, and for how many seconds the oldest waits at most."""

    records: int
    seconds: float


class Health:
    """The latest answers of Kafka and MongoDB, and what they mean for readiness."""

    def __init__(self, *, consumer: Consumer, store: Store, debts: Debts, metrics: Metrics, ready_lag: int) -> None:
        self._consumer = consumer
        self._store = store
        self._debts = debts
        self._metrics = metrics
        self._ready_lag = ready_lag
        self.started = False
        self.draining = False
        self.failed: str | None = None
        self.not_joined: str | None = None
        self.kafka: str | None = "not connected yet"
        self.mongo: str | None = "not asked yet"
        self.lag: dict[str, PartitionLag] = {}
        #: When the log took the newest record that this service had handled before it was started, in milliseconds.
        self.before: int | None = None
        #: Which of Kafka and MongoDB does not answer; a group that is not joined is a trouble of another kind.
        self.away: list[str] = ["Kafka", "MongoDB"]
        self._moved = (0.0, 0)
        self._caught_up: dict[TopicPartition, int] = {}

    @property
    def latest(self) -> int | None:
        """When the log took the newest record that was handled, in milliseconds; None before the first."""
        return max((at for at in (self.before, *self._handled_here()) if at), default=None)

    def _handled_here(self) -> Iterator[int]:
        return (at for at, _ in self._consumer.handled.values())

    def troubles(self) -> list[str]:
        """Return why the service is not ready, one short sentence each; nothing when it is."""
        behind = sum(each.records for each in self.lag.values())
        reasons = [
            "shutting down" if self.draining else None,
            self.failed,
            f"group not joined: {self.not_joined}" if self.not_joined else None,
            f"Kafka: {self.kafka}" if self.kafka else None,
            f"MongoDB: {self.mongo}" if self.mongo else None,
            f"{behind} records behind, more than {self._ready_lag}" if behind > self._ready_lag else None,
            "facts have been caught up on whose views are being made" if self._debts.open else None,
        ]
        return [reason for reason in reasons if reason]

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)

    async def look(self) -> None:
        """Ask Kafka and MongoDB once, and note what they say."""
        await asyncio.gather(self._probe_kafka(), self._probe_mongo())
        self.started = self.started or not (self.kafka or self.mongo)
        self._tell_away()
        self._metrics.ready.set(0 if self.troubles() else 1)

    def _tell_away(self) -> None:
        said, mongo = self.kafka or "", self.mongo is not None
        # Before MongoDB has answered nobody has tried to connect to Kafka.
        kafka = said.startswith("does not answer") or (said.startswith("not connected") and not mongo)
        self.away = [name for name, away in (("Kafka", kafka), ("MongoDB", mongo)) if away]
        self._metrics.kafka.set(0 if "Kafka" in self.away else 1)
        self._metrics.mongo.set(0 if "MongoDB" in self.away else 1)

    async def _probe_mongo(self) -> None:
        try:
            async with asyncio.timeout(PROBE_S):
                await self._store.ping()
            self.mongo = None
        except (StoreUnavailableError, TimeoutError):
            self.mongo = "does not answer"

    async def _probe_kafka(self) -> None:
        client = self._consumer.client
        if client is None:
            self.kafka = "not connected"
            return
        try:
            async with asyncio.timeout(PROBE_S):
                self.kafka = await self._membership(client)
        except Exception as error:  # noqa: BLE001  whatever goes wrong in asking, the answer is that it is not well
            self.kafka = f"does not answer ({type(error).__name__})"

    async def _membership(self, client: AIOKafkaConsumer) -> str | None:
        if not coordinator_alive(client):
            return "the group's coordination has ended; restart this service"
        assigned = client.assignment()
        if not assigned:
            return "no partitions assigned"
        ends = await client.end_offsets(list(assigned))
        self.lag = {}
        self._metrics.lag.clear()  # partitions that have gone to another member are its to measure
        self._metrics.lag_seconds.clear()
        self._caught_up = {each: since for each, since in self._caught_up.items() if each in assigned}
        for each in assigned:
            self._note_lag(each, ends[each], await client.position(each))
        return self._stuck()

    def _note_lag(self, partition: TopicPartition, end: int, position: int) -> None:
        timestamp, handled = self._consumer.handled.get(partition, (None, position - 1))
        records = max(0, end - handled - 1)
        seconds = self._waiting_s(partition, timestamp) if records else self._note_caught_up(partition)
        name = partition_name(partition.topic, partition.partition)
        self.lag[name] = PartitionLag(records, seconds)
        self._metrics.lag.labels(name).set(records)
        self._metrics.lag_seconds.labels(name).set(seconds)

    def _note_caught_up(self, partition: TopicPartition) -> float:
        self._caught_up[partition] = clock.now_ms()
        return 0.0

    def _waiting_s(self, partition: TopicPartition, handled: int | None) -> float:
        """Return for how long records wait at most: since the newest handled one, and since none was waiting.

        The one alone would make a partition that was quiet for a day a day behind, the other one that is never quiet.
        """
        now = clock.now_ms()
        caught_up = self._caught_up.get(partition)
        since = max((each for each in (handled, caught_up) if each is not None), default=None)
        if since is None:
            self._caught_up[partition] = since = now
        return max(0.0, (now - since) / 1000)

    def _stuck(self) -> str | None:
        """Return a reason when records wait and none has been handled for too long."""
        handled = sum(offset for _, offset in self._consumer.handled.values())
        now = asyncio.get_running_loop().time()
        waiting = any(each.records for each in self.lag.values())
        if not waiting or handled != self._moved[1]:
            self._moved = (now, handled)
        return f"no record handled for {STUCK_S} s while some wait" if now - self._moved[0] > STUCK_S else None


def coordinator_alive(client: AIOKafkaConsumer) -> bool:
    """Return whether the task that keeps this member in its group still runs.

    aiokafka has no public way to ask, and a consumer whose coordination died keeps its assignment and reads on
    from nothing; so this looks inside, and takes an unknown inside for a living one.
    """
    task = getattr(getattr(client, "_coordinator", None), "_coordination_task", None)
    return task is None or not task.done()
