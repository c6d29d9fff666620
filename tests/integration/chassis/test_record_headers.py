"""Header names that are no text, on the real broker: read past by every reader of ours."""

from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.record.memory_records import MemoryRecords

from contracts.records import Message
from deploy import record_spans
from deploy.local.stack import Stack
from services.chassis.log.log_admin import ensure_topics
from services.chassis.log.record_headers import mend_headers
from services.chassis.settings import KafkaSettings
from tests.faults.log import tell, tell_under_a_name_of_bytes


@pytest.fixture(autouse=True)
def unforgiving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let aiokafka read as it does by itself, whatever ran before."""
    monkeypatch.setattr(fetcher, "MemoryRecords", MemoryRecords)


@pytest.fixture
async def partition(stack: Stack, prefix: str) -> TopicPartition:
    """A partition with three records, of which the middle one has a header name that is no text."""
    topic = f"{prefix}topic"
    await ensure_topics(KafkaSettings(bootstrap=stack.bootstrap, partitions=1), [topic])
    before, odd, after = (Message(topic, b"k", value, [("ce_id", b"e")]) for value in (b"1", b"2", b"3"))
    await tell(stack.bootstrap, [before], partition=0, compression_type="zstd")
    await tell_under_a_name_of_bytes(stack.bootstrap, odd, b"x-\xff\xfe", partition=0)
    await tell(stack.bootstrap, [after], partition=0)
    return TopicPartition(topic, 0)


async def read(consumer: AIOKafkaConsumer, partition: TopicPartition) -> list[Any]:
    consumer.assign([partition])
    consumer.seek(partition, 0)
    return [await consumer.getone() for _ in range(3)]


async def test_by_itself_aiokafka_stops_at_such_a_name_for_ever(stack: Stack, partition: TopicPartition):
    async with AIOKafkaConsumer(bootstrap_servers=stack.bootstrap) as consumer:
        for _ in range(2):
            with pytest.raises(UnicodeDecodeError):
                await read(consumer, partition)


async def test_forgiven_it_is_read_in_its_place_with_its_bytes_spelled_out(stack: Stack, partition: TopicPartition):
    mend_headers()

    async with AIOKafkaConsumer(bootstrap_servers=stack.bootstrap) as consumer:
        found = await read(consumer, partition)

    assert [each.value for each in found] == [b"1", b"2", b"3"]
    assert [each.headers[-1][0][:10] for each in found] == ["ce_id", "x-\\xff\\xfe", "ce_id"]


async def test_the_operators_reader_forgives_too(stack: Stack, partition: TopicPartition):
    async with record_spans.reading(KafkaSettings(bootstrap=stack.bootstrap)) as consumer:
        found = await read(consumer, partition)

    assert [each.value for each in found] == [b"1", b"2", b"3"]


async def test_a_header_that_records_of_one_fetch_repeat_stands_in_memory_once(stack: Stack, prefix: str):
    mend_headers()
    topic = f"{prefix}repeated"
    await ensure_topics(KafkaSettings(bootstrap=stack.bootstrap, partitions=1), [topic])
    said = [[("ce_id", b"%d" % number), ("ce_source", b"/eg"), ("ce_subject", b"0101")] for number in range(3)]
    messages = [Message(topic, b"k", b"v", each) for each in said]
    await tell(stack.bootstrap, messages, partition=0)

    async with AIOKafkaConsumer(bootstrap_servers=stack.bootstrap) as consumer:
        found = await read(consumer, TopicPartition(topic, 0))

    assert [list(each.headers) for each in found] == said
    ids, sources, subjects = (set(map(id, each)) for each in zip(*(each.headers for each in found), strict=True))
    assert (len(ids), len(sources), len(subjects)) == (3, 1, 1)
