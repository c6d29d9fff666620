"""The log as a plain client sees it: everything on it up to now, and how far a group has committed."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError
from aiokafka.record.util import calc_crc32c

from contracts.records import Message
from contracts.topics import PARTITIONS, Topic
from deploy.local.stack import Stack
from services.chassis.log.log_admin import ensure_topics
from services.chassis.log.record_headers import mend_headers
from services.chassis.settings import KafkaSettings
from tests.stack import running_stack


async def tell(bootstrap: str, messages: Iterable[Message], *, partition: int | None = None, **options: Any) -> None:
    """Put messages on the log in this order, acknowledged; `options` are the producer's."""
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=5, **options
    ) as producer:
        sent = [
            await producer.send(each.topic, each.value, key=each.key, headers=each.headers, partition=partition)
            for each in messages
        ]
        await asyncio.gather(*sent)


async def tell_under_a_name_of_bytes(bootstrap: str, message: Message, name: bytes, *, partition: int) -> None:
    """Put a message on the log with one more header, whose name need not be UTF-8, as a C client can."""
    placeholder = "x" * (100 + len(name))
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        batch = producer.create_batch()
        headers = [*message.headers, (placeholder, b"")]
        batch.append(key=message.key, value=message.value, timestamp=None, headers=headers)
        padded = name.ljust(len(placeholder), b"x")
        batch._buffer = _signed(bytes(batch._build()).replace(placeholder.encode(), padded))
        await (await producer.send_batch(batch, message.topic, partition=partition))


def _signed(batch: bytes) -> bytes:
    """Return a batch with the checksum that fits its content."""
    checksum: int = calc_crc32c(batch[21:])
    return batch[:17] + checksum.to_bytes(4, "big") + batch[21:]


@asynccontextmanager
async def own_stack(directory: Path) -> AsyncIterator[Stack]:
    """Run a stack whose log nobody else tells anything."""
    async with running_stack(directory) as stack:
        await prepare(stack.bootstrap, tuple(Topic))
        yield stack


async def prepare(bootstrap: str, topics: Sequence[str]) -> None:
    """Create the topics as a service does, so that a test can tell something before any service is there."""
    await ensure_topics(KafkaSettings(bootstrap=bootstrap), topics)


async def whole_log(bootstrap: str, topics: Sequence[str]) -> list[Any]:
    """Return every record up to the end offsets of now; each partition's in its order."""
    mend_headers()
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        partitions = _partitions(topics)
        consumer.assign(partitions)
        fence = await consumer.end_offsets(partitions)
        found: list[Any] = []
        while [each for each in partitions if await consumer.position(each) < fence[each]]:
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += records
        return found


async def caught_up(bootstrap: str, group: str, topics: Sequence[str], *, within_s: float = 60) -> None:
    """Return once `group` has committed the end offsets of now; TimeoutError names what is missing."""
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
        fence = await consumer.end_offsets(_partitions(topics))
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await _committed(admin, group, {each: end for each, end in fence.items() if end}, within_s)
    finally:
        await admin.close()


async def _committed(admin: AIOKafkaAdminClient, group: str, fence: dict[TopicPartition, int], within_s: float) -> None:
    end = asyncio.get_running_loop().time() + within_s
    while True:
        committed = await _offsets(admin, group)
        behind = [each for each, offset in fence.items() if each not in committed or committed[each].offset < offset]
        if not behind:
            return
        if asyncio.get_running_loop().time() > end:
            raise TimeoutError(f"{group} has not committed all of {behind} within {within_s:g} s")
        await asyncio.sleep(0.1)


async def _offsets(admin: AIOKafkaAdminClient, group: str) -> dict[TopicPartition, Any]:
    """Return what a group has committed; a broker that has never had a group needs a moment for its first."""
    try:
        return await admin.list_consumer_group_offsets(group)
    except GroupCoordinatorNotAvailableError:
        return {}


def _partitions(topics: Sequence[str]) -> list[TopicPartition]:
    return [TopicPartition(topic, each) for topic in topics for each in range(PARTITIONS)]
