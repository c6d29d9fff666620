"""The batch consumer: a batch is made durable, and only then are its offsets committed, partition by partition."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, suppress
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
from services.chassis.log.fetch_wait import CALM_MS, FetchWait
from services.chassis.log.header_names import forgive_header_names
from services.chassis.log.kafka_client import reaching, servers
from services.chassis.logs import logger
from services.chassis.metrics import Metrics
from services.chassis.settings import KafkaConnection, KafkaSettings

log = logger(__name__)
Apply = Callable[[Sequence[Record]], Awaitable[None]]

#: Waits between tries of a batch that the database refused, in seconds; the last one repeats.
BACK_OFF: Final = (0.1, 0.2, 0.5, 1, 2, 5)
#: A batch that waits for the database for longer than this leaves the group, and its partitions go to another replica.
LONGEST_BATCH_MS: Final = 15 * 60 * 1000
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
        self._idle = asyncio.Event()
        self._idle.set()
        self._giving_up = asyncio.Event()
        self._applying: asyncio.Future[None] | None = None
        self._stopping = False
        self._fetch_wait = FetchWait(settings.fetch_wait_ms)
        forgive_header_names()
        self.broker = _broker(settings, group)
        self._subscriber = self.broker.subscriber(
            *topics,
            batch=True,
            group_id=group,
            group_instance_id=settings.group_instance_id,
            max_records=settings.max_records,
            batch_timeout_ms=settings.batch_timeout_ms,
            fetch_max_wait_ms=CALM_MS,
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

    async def start(self) -> None:
        """Join the group; raises KafkaError where Kafka can't be reached."""
        await self.broker.start()

    async def stop(self, *, within_s: float) -> None:
        """Finish the running batch if `within_s` allows, commit it, and leave the group."""
        self._stopping = True
        await self.finish_batch(within_s=within_s)
        try:
            async with asyncio.timeout(LEAVING_S):
                await self.broker.stop()
        except (TimeoutError, KafkaError) as error:
            log.warning("group_not_left", group=self.group, fault=type(error).__name__)

    async def finish_batch(self, *, within_s: float) -> None:
        """Wait for the running batch; one that the database holds up is given up, and will be read again."""
        try:
            async with asyncio.timeout(within_s):
                await self._idle.wait()
        except TimeoutError:
            self._giving_up.set()
            if self._applying:
                self._applying.cancel()
            await self._idle.wait()
        finally:
            self._giving_up.clear()

    async def _handle(self, records: Any) -> None:  # FastStream reads the annotation; the batch comes as it is
        if self._stopping:
            return  # the batch before this one may have been given up, and a commit from here on would pass over it
        self._idle.clear()
        if self.client:
            self._fetch_wait.records_came(self.client)
        try:
            with self._metrics.batch_seconds.time(), _span(records):
                if await self._apply_until_durable(records):
                    self._moment("before_commit")
                    await self._commit(records)
                    self._moment("after_commit")
        finally:
            self._idle.set()

    async def _apply_until_durable(self, records: Sequence[Record]) -> bool:
        """Try the batch again until it is durable; False where the partitions were given up before that."""
        attempt = 0
        while True:
            self._applying = asyncio.ensure_future(self._apply(records))
            try:
                await self._applying
            except asyncio.CancelledError:
                if not self._giving_up.is_set():
                    raise
                return False
            except Exception as error:  # noqa: BLE001  whatever the fault, the batch must not be lost
                self._metrics.retries.labels(type(error).__name__).inc()
                log.warning("batch_held_up", attempt=attempt, fault=type(error).__name__, detail=str(error))
            else:
                self._metrics.batch.observe(len(records))
                return True
            if await self._given_up(BACK_OFF[min(attempt, len(BACK_OFF) - 1)]):
                return False
            attempt += 1

    async def _given_up(self, wait_s: float) -> bool:
        """Wait before the next try, but no longer than until the partitions are given up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._giving_up.wait()
        return self._giving_up.is_set()

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
        await self._consumer.finish_batch(within_s=8)
        for each in revoked:
            self._consumer.handled.pop(each, None)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
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
