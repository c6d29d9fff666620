"""Spans of records an operator asks for: from a place or a time, to a fence or for ever, without moving any offsets."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition  # noqa: TID251  an operator's own reader
from aiokafka.admin import AIOKafkaAdminClient  # noqa: TID251

from deploy.producer import LogAwayError, answered
from services.chassis.log.kafka_client import reaching
from services.chassis.log.log_reader import let_go
from services.chassis.log.record_headers import mend_headers
from services.chassis.settings import KafkaConnection

#: Records of one turn; enough to be fast, few enough to stay small.
BATCH = 2_000
WAIT_MS = 500

Offsets = Mapping[TopicPartition, int]


class Span(NamedTuple):
    """Where reading starts in each partition, and where it ends: the fence, or None for ever."""

    start: Offsets
    end: Offsets | None

    @property
    def records(self) -> int:
        return sum(max(0, self.end[each] - offset) for each, offset in self.start.items()) if self.end else 0

    def beginning_at(self, reached: Offsets) -> "Span":
        """Return what is left of it where some partitions have been read up to these offsets."""
        return self._replace(start={each: max(offset, reached.get(each, 0)) for each, offset in self.start.items()})

    def ending_at(self, last: Offsets) -> "Span":
        """Return it without what comes at these offsets or after."""
        ends = self.end or {}
        return self._replace(end={each: min(offset, last.get(each, offset)) for each, offset in ends.items()})


@asynccontextmanager
async def reading(kafka: KafkaConnection, group: str | None = None) -> AsyncIterator[AIOKafkaConsumer]:
    """Yield a consumer that joins no group, and commits for `group` when told; LogAwayError where there is no Kafka."""
    mend_headers()
    consumer = AIOKafkaConsumer(
        client_id="klarmeld-cli",
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        request_timeout_ms=10_000,
        **reaching(kafka),
    )
    try:
        async with answered():
            await consumer.start()
        yield consumer
    finally:
        await let_go(consumer.stop())


async def partitions(kafka: KafkaConnection, topics: Sequence[str]) -> list[TopicPartition]:
    """Return all partitions of `topics`; LogAwayError names a topic that is not there."""
    admin = AIOKafkaAdminClient(client_id="klarmeld-cli", **reaching(kafka))
    try:
        async with answered():
            await admin.start()
            missing = sorted(set(topics) - set(await admin.list_topics()))
            if missing:
                raise LogAwayError(f"it has no topic {', '.join(missing)}")
            described = await admin.describe_topics(list(topics))
    finally:
        await let_go(admin.close())
    return sorted(TopicPartition(each["topic"], part["partition"]) for each in described for part in each["partitions"])


async def span(
    consumer: AIOKafkaConsumer,
    every: Sequence[TopicPartition],
    *,
    recorded_from: int | None = None,
    recorded_to: int | None = None,
    for_ever: bool = False,
) -> Span:
    """Return where to read: from and to these record timestamps (milliseconds), else from the first to the last now."""
    async with answered():
        first, last = await consumer.beginning_offsets(every), await consumer.end_offsets(every)
        start = await _at(consumer, every, recorded_from, last) if recorded_from is not None else first
        end = await _at(consumer, every, recorded_to, last) if recorded_to is not None else last
    return Span(start, None if for_ever else end)


async def _at(
    consumer: AIOKafkaConsumer, every: Sequence[TopicPartition], timestamp: int, last: Offsets
) -> dict[TopicPartition, int]:
    """Return the first offset of each partition that was recorded at `timestamp` or later."""
    found = await consumer.offsets_for_times(dict.fromkeys(every, timestamp))
    return {each: place.offset if (place := found[each]) is not None else last[each] for each in every}


async def records(consumer: AIOKafkaConsumer, within: Span) -> AsyncIterator[ConsumerRecord]:
    """Yield every record of the span, in the order of each partition; LogAwayError once Kafka is gone."""
    waiting = {each for each, offset in within.start.items() if within.end is None or offset < within.end[each]}
    if not waiting:
        return
    consumer.assign(sorted(waiting))
    for each in waiting:
        consumer.seek(each, within.start[each])
    while waiting:
        for each, found in (await _fetched(consumer, waiting)).items():
            for record in found:
                if within.end is None or record.offset < within.end[each]:
                    yield record
        if within.end is not None:
            async with answered():
                waiting = {each for each in waiting if await consumer.position(each) < within.end[each]}


async def _fetched(consumer: AIOKafkaConsumer, waiting: Collection[TopicPartition]) -> Mapping[Any, Any]:
    """Return some records; a log that stays silent is asked whether it is there at all, for a consumer never says."""
    async with answered():
        found: Mapping[Any, Any] = await consumer.getmany(timeout_ms=WAIT_MS, max_records=BATCH)
        if not found:
            await consumer.end_offsets(sorted(waiting))
    return found
