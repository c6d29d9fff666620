"""The log read outside any group, from one place to another: what verifying and rebuilding stand on."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition  # noqa: TID251  this module is its home
from aiokafka.admin import AIOKafkaAdminClient  # noqa: TID251
from aiokafka.errors import GroupCoordinatorNotAvailableError, KafkaError  # noqa: TID251

from contracts.records import Record
from services.chassis.errors import LogUnavailableError
from services.chassis.log.kafka_client import reaching
from services.chassis.log.record_headers import mend_headers
from services.chassis.settings import KafkaSettings


class Partition(NamedTuple):
    """One partition of the log; aiokafka's TopicPartition is equal to it."""

    topic: str
    partition: int


#: A place in each partition: the offset of the first record that lies beyond it.
Offsets = Mapping[Partition, int]

#: Longest wait for Kafka to answer, in seconds; a broker that is gone is noticed within this.
ANSWER_S = 5.0
CLOSING_S = 2.0
BATCH = 5_000
#: What one fetch of a partition may bring.
FETCHED_BYTES = 4 * 1024 * 1024


class LogReader:
    """Reads whole partitions; every method raises LogUnavailableError where Kafka does not answer."""

    def __init__(self, consumer: AIOKafkaConsumer, admin: AIOKafkaAdminClient, partitions: Sequence[Partition]) -> None:
        self._consumer = consumer
        self._admin = admin
        self.partitions = partitions

    async def beginnings(self) -> Offsets:
        async with answered():
            return _plain(await self._consumer.beginning_offsets(_topic_partitions(self.partitions)))

    async def ends(self) -> Offsets:
        """Return the fence: where the log ends now."""
        async with answered():
            return _plain(await self._consumer.end_offsets(_topic_partitions(self.partitions)))

    async def committed(self, group: str) -> Offsets:
        """Return how far a group has come; 0 where it has never committed."""
        async with answered():
            found = await self._committed(group)
        known = {Partition(*each): place.offset for each, place in found.items()}
        return {each: max(0, known.get(each, 0)) for each in self.partitions}

    async def _committed(self, group: str) -> Mapping[Any, Any]:
        try:
            offsets: Mapping[Any, Any] = await self._admin.list_consumer_group_offsets(group)
        except GroupCoordinatorNotAvailableError:
            return {}  # a broker that has never had a group knows of no coordinator at first
        return offsets

    async def records(self, start: Offsets, fence: Offsets) -> AsyncIterator[Sequence[Record]]:
        """Yield everything from `start` to before `fence`, each partition in its order."""
        left = {each for each, end in fence.items() if start.get(each, 0) < end}
        if not left:
            return
        consumer = self._consumer
        consumer.assign(_topic_partitions(left))
        for each in left:
            consumer.seek(TopicPartition(*each), start.get(each, 0))
        while left:
            found = await self._fetched()
            for partition, records in found.items():
                yield _before(records, fence[Partition(*partition)])
            reached = {each for each in left if await self._position(each) >= fence[each]}
            if reached:
                left -= reached
                consumer.pause(*_topic_partitions(reached))

    async def _fetched(self) -> Mapping[Any, Sequence[Record]]:
        """Return some records; a log that stays silent is asked whether it is there at all."""
        try:
            found: Mapping[Any, Sequence[Record]] = await self._consumer.getmany(timeout_ms=1_000, max_records=BATCH)
        except (KafkaError, OSError) as error:
            raise _gone(error) from error
        if not found:
            await self.ends()
        return found

    async def _position(self, partition: Partition) -> int:
        async with answered():
            position: int = await self._consumer.position(TopicPartition(*partition))
            return position


@asynccontextmanager
async def reading(
    settings: KafkaSettings, topics: Sequence[str], *, fetched_bytes: int = FETCHED_BYTES
) -> AsyncIterator[LogReader]:
    """Yield a reader of `topics`; LogUnavailableError where Kafka is away or has no such topic."""
    mend_headers()
    options = {"client_id": "klarmeld-operations", "request_timeout_ms": 5_000, **reaching(settings)}
    consumer = AIOKafkaConsumer(
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        max_partition_fetch_bytes=fetched_bytes,
        **options,
    )
    admin = AIOKafkaAdminClient(**options)
    try:
        async with answered():
            await consumer.start()
            await admin.start()
            partitions = await _partitions(admin, topics)
        yield LogReader(consumer, admin, partitions)
    finally:
        await let_go(consumer.stop(), admin.close())


def records_between(start: Offsets, fence: Offsets) -> int:
    """Return how many offsets lie between two places."""
    return sum(max(0, end - start.get(each, 0)) for each, end in fence.items())


async def _partitions(admin: AIOKafkaAdminClient, topics: Sequence[str]) -> list[Partition]:
    described = {each["topic"]: each for each in await admin.describe_topics(list(topics))}
    missing = [topic for topic in topics if described[topic]["error_code"] or not described[topic]["partitions"]]
    if missing:
        raise LogUnavailableError(f"Kafka has no topic {', '.join(missing)}; start the service once to create it.")
    return [Partition(topic, each["partition"]) for topic in topics for each in described[topic]["partitions"]]


@asynccontextmanager
async def answered() -> AsyncIterator[None]:
    """Bound the wait for Kafka, and turn its errors into ours."""
    try:
        async with asyncio.timeout(ANSWER_S):
            yield
    except (KafkaError, OSError, TimeoutError) as error:
        raise _gone(error) from error


def _gone(error: BaseException) -> LogUnavailableError:
    return LogUnavailableError(f"Kafka does not answer ({type(error).__name__}); ask again when it is back.")


async def let_go(*closings: Coroutine[Any, Any, None]) -> None:
    """Close clients that have nothing left to say, whatever comes of it; one whose Kafka is gone is not waited for.

    Each closes in a task of its own: aiokafka's consumer cancels its fetches, and their end looks like its caller's.
    """
    tasks = [asyncio.create_task(each) for each in closings]
    for each in tasks:
        each.add_done_callback(lambda task: task.cancelled() or task.exception())
    _, late = await asyncio.wait(tasks, timeout=CLOSING_S)
    for each in late:
        each.cancel()


def _before(records: Sequence[Record], end: int) -> Sequence[Record]:
    return records if records[-1].offset < end else [record for record in records if record.offset < end]


def _plain(offsets: Mapping[Any, int]) -> Offsets:
    return {Partition(*each): offset for each, offset in offsets.items()}


def _topic_partitions(partitions: Iterable[Partition]) -> list[TopicPartition]:
    return [TopicPartition(*each) for each in partitions]
