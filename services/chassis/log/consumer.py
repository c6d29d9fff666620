"""The batch consumer: a batch is made durable, and only then are its offsets committed, partition by partition.

While the service is behind, the next batch is fetched and read as the one before it is written.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition  # noqa: TID251  this module is its home
from aiokafka.coordinator.assignors.range import RangePartitionAssignor  # noqa: TID251
from aiokafka.errors import KafkaError  # noqa: TID251
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.middlewares import AckPolicy
from faststream.security import BaseSecurity, SASLScram512
from opentelemetry.trace import SpanKind

from contracts.records import Record
from services.chassis import tracing
from services.chassis.cancellation import is_cancelled
from services.chassis.log.fetch_wait import CALM_MS, FetchWait
from services.chassis.log.kafka_client import reaching, servers
from services.chassis.log.record_headers import mend_headers
from services.chassis.logs import logger
from services.chassis.metrics import Metrics
from services.chassis.settings import KafkaConnection, KafkaSettings

log = logger(__name__)
#: Returns when what has to be durable before is.
Turn = Callable[[], Awaitable[None]]
#: Makes records durable; nothing of them is written before the turn has come.
Apply = Callable[[Sequence[Record], Turn], Awaitable[None]]

#: Most bytes of one partition that are fetched at once: about as many records as a batch takes, so that a batch of a
#: service far behind has many facts for each document of few partitions, not few for each document of all.
FETCHED_BYTES: Final = 3 * 1024**2
#: A batch of so many records is only there while the service is behind.
BEHIND: Final = 2_000

#: Waits between tries of a batch that the database refused, in seconds; the last one repeats.
BACK_OFF: Final = (0.1, 0.2, 0.5, 1, 2, 5)
#: A batch that waits for the database for longer than this leaves the group, and its partitions go to another replica.
LONGEST_BATCH_MS: Final = 15 * 60 * 1000
#: Longest wait for the batches under way before their partitions go to another replica, in seconds.
DRAINED_WITHIN_S: Final = 8
#: Longest wait for Kafka to hear that this member leaves, in seconds.
LEAVING_S: Final = 2


class Consumer:
    """Reads one service's topics as one member of its group, through a FastStream subscriber with manual commits."""

    def __init__(  # noqa: PLR0913  wired once, by keyword
        self,
        *,
        settings: KafkaSettings,
        group: str,
        topics: Sequence[str],
        apply: Apply,
        metrics: Metrics,
        moment: Callable[[str], None],
    ) -> None:
        self.group = group
        self._apply = apply
        self._metrics = metrics
        self._moment = moment
        #: The batches that are not durable yet, in their order; two at most.
        self._under_way: list[asyncio.Task[None]] = []
        self._last: asyncio.Task[None] | None = None
        self._stopping = False
        self._fetch_wait = FetchWait(settings.fetch_wait_ms)
        mend_headers()
        self.broker = _broker(settings, group)
        self._subscriber = self.broker.subscriber(
            *topics,
            batch=True,
            group_id=group,
            group_instance_id=settings.group_instance_id,
            max_records=settings.max_records,
            batch_timeout_ms=settings.batch_timeout_ms,
            fetch_max_wait_ms=CALM_MS,
            max_partition_fetch_bytes=FETCHED_BYTES,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=settings.session_timeout_ms,
            max_poll_interval_ms=LONGEST_BATCH_MS,
            rebalance_timeout_ms=20_000,
            # Of topics with equally many partitions each member gets the same ones, so that a municipality whose
            # writers choose partitions alike stays with one member, and hardly any write is contested.
            partition_assignment_strategy=(RangePartitionAssignor,),
            ack_policy=AckPolicy.MANUAL,
            parser=_whole_batch,
            decoder=_undecoded,
            no_reply=True,
            listener=_Drain(self),
        )
        self._subscriber(self._handle)
        #: The timestamp and offset of the newest handled record by partition, for lag in seconds.
        self.handled: dict[TopicPartition, tuple[int, int]] = {}

    @property
    def client(self) -> AIOKafkaConsumer | None:
        return self._subscriber.consumer

    @property
    def waiting(self) -> int:
        """How many records Kafka has told of that are not durable here, of the partitions that have been begun."""
        client = self.client
        if client is None:
            return 0
        begun = self.handled.keys() & client.assignment()
        return sum(max(0, (client.highwater(each) or 0) - self.handled[each][1] - 1) for each in begun)

    async def start(self) -> None:
        """Join the group; raises KafkaError where Kafka can't be reached."""
        await self.broker.start()

    async def stop(self, *, within_s: float) -> None:
        """Finish what was begun if `within_s` allows, commit it, and leave the group."""
        self._stopping = True
        await self.finish(within_s=within_s)
        try:
            async with asyncio.timeout(LEAVING_S):
                await self.broker.stop()
        except (TimeoutError, KafkaError) as error:
            log.warning("group_not_left", group=self.group, fault=type(error).__name__)

    async def finish(self, *, within_s: float) -> None:
        """Wait for the batches that were begun; what the database holds up is given up, and will be read again."""
        begun = tuple(self._under_way)
        if begun:
            await asyncio.wait(begun, timeout=within_s)
            for each in begun:
                each.cancel()
            await asyncio.wait(begun)

    def begin_anew(self) -> None:
        """Say that Kafka hands out records from what was committed on: nothing that was given up precedes them."""
        if self._last and self._last.cancelled():
            self._last = None

    async def _handle(self, records: Any) -> None:  # FastStream reads the annotation; the batch comes as it is
        if self._stopping:
            return  # the batch before this one may have been given up, and a commit from here on would pass over it
        if self.client:
            self._fetch_wait.records_came(self.client)
        before, behind = self._last, len(records) >= BEHIND
        self._last = batch = asyncio.create_task(self._made_durable(records, before))
        self._under_way.append(batch)
        batch.add_done_callback(self._ended)
        # Behind, the next batch is fetched and read meanwhile. Else it is to take all that comes until this one ends.
        await _end_of(before if behind else batch)

    async def _made_durable(self, records: Sequence[Record], before: asyncio.Task[None] | None) -> None:
        """Apply a batch and commit it; cancelled, it is given up, and with it what follows."""

        async def turn() -> None:
            await _end_of(before)
            if before and before.cancelled():
                raise asyncio.CancelledError

        with self._metrics.batch_seconds.time(), _span(records):
            await self._apply_until_durable(records, turn)
            self._moment("before_commit")
            await self._commit(records)
            self._moment("after_commit")

    def _ended(self, batch: asyncio.Task[None]) -> None:
        self._under_way.remove(batch)
        if not batch.cancelled() and (error := batch.exception()):
            log.error("batch_not_committed", fault=type(error).__name__, detail=str(error))

    async def _apply_until_durable(self, records: Sequence[Record], turn: Turn) -> None:
        attempt = 0
        while True:
            try:
                await self._apply(records, turn)
            except Exception as error:  # noqa: BLE001  whatever the fault, the batch must not be lost
                self._metrics.retries.labels(type(error).__name__).inc()
                log.warning("batch_held_up", attempt=attempt, fault=type(error).__name__, detail=str(error))
            else:
                self._metrics.batch.observe(len(records))
                return
            if is_cancelled():
                raise asyncio.CancelledError  # the driver made an error of it
            await asyncio.sleep(BACK_OFF[min(attempt, len(BACK_OFF) - 1)])
            attempt += 1

    async def _commit(self, records: Sequence[Record]) -> None:
        """Commit this batch's offsets on the partitions that are still ours; the new owner reads the others again."""
        newest = {TopicPartition(each.topic, each.partition): each for each in records}
        self.handled |= {each: (record.timestamp, record.offset) for each, record in newest.items()}
        client = self.client
        if client is None:
            return
        offsets = {each: record.offset + 1 for each, record in newest.items() if each in client.assignment()}
        try:
            if offsets:
                await client.commit(offsets)
        except (KafkaError, AssertionError, ValueError) as error:
            # The facts are durable and merging them again changes nothing: the next batch commits further on.
            log.warning("commit_failed", fault=type(error).__name__, detail=str(error))


async def _end_of(batch: asyncio.Task[None] | None) -> None:
    """Wait for a batch to end, durable or given up; who is cancelled here cancels nothing."""
    if batch:
        await asyncio.wait({batch})


def _span(records: Sequence[Record]) -> AbstractContextManager[Any]:
    """Return the span of a batch; a batch belongs to many traces, so it links to each of its records' contexts."""
    told = (context for each in records for context in tracing.of_headers(each.headers))
    return tracing.span(
        "batch",
        kind=SpanKind.CONSUMER,
        links=told,
        attributes={"messaging.system": "kafka", "messaging.batch.message_count": len(records)},
    )


class _Drain(ConsumerRebalanceListener):  # type: ignore[misc]
    """Lets the running batch end before its partitions go to another member."""

    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._consumer.finish(within_s=DRAINED_WITHIN_S)
        for each in revoked:
            self._consumer.handled.pop(each, None)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._consumer.begin_anew()
        log.info("partitions_assigned", partitions=sorted(f"{each.topic}-{each.partition}" for each in assigned))


def _broker(settings: KafkaSettings, group: str) -> KafkaBroker:
    return KafkaBroker(
        servers(settings),
        security=security(settings),
        client_id=group,
        consumer_only=True,  # what this service publishes goes through chassis.publisher
        allow_auto_create_topics=False,
        acks="all",
        enable_idempotence=True,
        apply_types=False,
        graceful_timeout=None,
        logger=logging.getLogger("faststream"),
    )


def security(kafka: KafkaConnection) -> BaseSecurity | None:
    """Return what `kafka_client.reaching` says to aiokafka in FastStream's words; None for an open connection."""
    said = reaching(kafka)
    match said.get("security_protocol"):
        case None:
            return None
        case "SSL":
            return BaseSecurity(ssl_context=said["ssl_context"], use_ssl=True)
        case _:
            user, password = said["sasl_plain_username"], said["sasl_plain_password"]
            return SASLScram512(user, password, ssl_context=said["ssl_context"], use_ssl=True)


async def _whole_batch(records: tuple[Any, ...]) -> KafkaMessage:
    """Wrap a batch as it came; nothing is decoded here, so nothing here can fail."""
    first, last = records[0], records[-1]
    return KafkaMessage(
        body=[],
        headers={},
        batch_headers=[{"correlation_id": ""} for _ in records],
        content_type=None,
        message_id=f"{first.topic}-{first.partition}-{first.offset}",
        correlation_id=f"{last.topic}-{last.partition}-{last.offset}",
        raw_message=records,
        consumer=_NO_CONSUMER,
    )


async def _undecoded(message: KafkaMessage) -> Sequence[Record]:
    records: Sequence[Record] = message.raw_message
    return records


class _NoConsumer:
    """Offsets are committed by Consumer alone; a message that tried would be a fault in this module."""

    async def commit(self) -> None:
        raise NotImplementedError

    def seek(self, partition: Any, offset: int) -> None:
        raise NotImplementedError


_NO_CONSUMER = _NoConsumer()
