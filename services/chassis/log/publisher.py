"""Events onto the log: acknowledged by all replicas, idempotent, and never waited for without end."""

import asyncio
from collections.abc import Sequence

from aiokafka import AIOKafkaProducer  # noqa: TID251  this module is its home
from aiokafka.errors import KafkaError  # noqa: TID251
from opentelemetry.trace import SpanKind

from contracts.records import Message
from contracts.topics import partition_name
from services.chassis import tracing
from services.chassis.errors import LogUnavailableError
from services.chassis.log.kafka_client import reaching
from services.chassis.logs import logger
from services.chassis.metrics import Metrics
from services.chassis.settings import KafkaSettings

log = logger(__name__)


class Publisher:
    """Publishes for one service; it connects when the first event is sent, and again after Kafka was away."""

    def __init__(self, *, settings: KafkaSettings, client_id: str, metrics: Metrics) -> None:
        self._settings = settings
        self._client_id = client_id
        self._metrics = metrics
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def publish(self, messages: Sequence[Message]) -> list[str]:
        """Return each event's position (`agreements-3-1042`) once the log has acknowledged all of them.

        LogUnavailableError after the settings' time; an event that timed out can still land, so a caller who tries
        again sends the same id and time, and the two tellings are one fact.
        """
        began = (each for message in messages for each in tracing.of_headers(message.headers))
        try:
            with tracing.span("publish", kind=SpanKind.PRODUCER, links=began, attributes={"events": len(messages)}):
                async with asyncio.timeout(self._settings.send_timeout_s):
                    producer = await self._started()
                    return list(await asyncio.gather(*[self._send(producer, message) for message in messages]))
        except (TimeoutError, KafkaError) as error:
            log.warning("publish_failed", fault=type(error).__name__, events=len(messages))
            raise LogUnavailableError(
                "Kafka did not acknowledge in time; send the same event, with the same id and time, again.",
                retry_after=5,
            ) from error

    async def stop(self) -> None:
        """Flush and disconnect, within two seconds."""
        if self._producer is not None:
            try:
                async with asyncio.timeout(2):
                    await self._producer.stop()
            except TimeoutError:
                log.warning("producer_stopped_late")
            self._producer = None

    async def _send(self, producer: AIOKafkaProducer, message: Message) -> str:
        context = [(name, value.encode()) for name, value in tracing.outgoing().items()]
        headers = [*message.headers, *context]
        placed = await producer.send_and_wait(message.topic, message.value, key=message.key, headers=headers)
        self._metrics.published.labels(message.topic).inc()
        position = f"{partition_name(placed.topic, placed.partition)}-{placed.offset}"
        log.info("published", position=position)
        return position

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    client_id=self._client_id,
                    acks="all",
                    enable_idempotence=True,
                    compression_type="zstd",
                    request_timeout_ms=int(self._settings.send_timeout_s * 1000),
                    **reaching(self._settings),
                )
                try:
                    await producer.start()
                except BaseException:
                    await producer.stop()
                    raise
                self._producer = producer
            return self._producer
