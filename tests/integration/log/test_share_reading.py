"""Shares that each read their own partitions still get every record that may matter to them, wherever it stands."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence

import pytest
from aiokafka import AIOKafkaProducer

from contracts.codec import encode
from contracts.examples import EXAMPLES, example
from contracts.municipalities import MUNICIPALITIES
from contracts.names import EventName
from contracts.records import Message, Record
from services.chassis.log.log_admin import ensure_topics
from services.chassis.log.log_reader import LogReader, reading
from services.chassis.replay import share_reading
from services.chassis.replay.share_reading import HandingOver, Reading
from services.chassis.replay.shares import Share, shares
from services.chassis.settings import KafkaSettings

pytestmark = pytest.mark.stack
CODES = sorted(MUNICIPALITIES)[:12]
OWN = [
    encode(example(EventName.StakeholderOriented, municipality=code, id=f"{code}-{number}"))
    for code in CODES
    for number in range(3)
]
WHOLE = [encode(EXAMPLES[EventName.WebinarScheduled])]
UNFIT = [Message("", b"0147", b"no event", []), Message("", b"nobody", b"", [])]
#: Which partition a message goes to; None: the one that the client chooses.
Partitioning = Callable[[int], int | None]
PARTITIONINGS: dict[str, Partitioning] = {
    "as usual": lambda _: None,
    "all in one": lambda _: 3,
    "anywhere": lambda number: number % 6,
}


class Log:
    """A topic of one test's own."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self.kafka = KafkaSettings(bootstrap=bootstrap)
        self.topic = topic

    async def tell(self, messages: Sequence[Message], partitioning: Partitioning) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self.kafka.bootstrap, acks="all") as producer:
            for number, each in enumerate(messages):
                where = partitioning(number)
                await producer.send_and_wait(
                    self.topic, each.value, key=each.key, headers=each.headers, partition=where
                )


@pytest.fixture
async def log(stack, prefix) -> Log:
    log = Log(stack.bootstrap, f"{prefix}shares")
    await ensure_topics(log.kafka, [log.topic])
    return log


class Readers:
    """Two shares that read one log side by side."""

    def __init__(self, readers: Sequence[LogReader]) -> None:
        handing = HandingOver(2)
        self.log = readers[0]
        self.shares = shares(2)
        self.readings = [
            Reading(reader, share, handing.of(index))
            for index, (reader, share) in enumerate(zip(readers, self.shares, strict=True))
        ]

    async def read(self) -> list[Counter[tuple[int, int]]]:
        """Return of each share how often it got which record that it needs, up to the log's end of now."""
        start, fence = await self.log.beginnings(), await self.log.ends()
        return await asyncio.gather(
            *(
                _got(reading.records(start, fence), share)
                for reading, share in zip(self.readings, self.shares, strict=True)
            )
        )

    async def needed(self) -> list[Counter[tuple[int, int]]]:
        """Return the same of somebody who reads everything."""
        start, fence = await self.log.beginnings(), await self.log.ends()
        return [await _got(self.log.records(start, fence), share) for share in self.shares]


async def _got(batches: AsyncIterator[Sequence[Record]], share: Share) -> Counter[tuple[int, int]]:
    return Counter(
        [(each.partition, each.offset) async for records in batches for each in records if share.needs(each)]
    )


@pytest.fixture
async def readers(log: Log) -> AsyncIterator[Readers]:
    async with reading(log.kafka, [log.topic]) as first, reading(log.kafka, [log.topic]) as second:
        yield Readers([first, second])


@pytest.mark.parametrize("most", [10_000, 3], ids=["handed over", "too many to hand over"])
@pytest.mark.parametrize("partitioning", PARTITIONINGS.values(), ids=PARTITIONINGS)
async def test_each_share_gets_what_it_needs_once_and_again(
    log: Log, readers: Readers, monkeypatch, partitioning: Partitioning, most: int
):
    monkeypatch.setattr(share_reading, "MOST_STRAYS", most)
    await log.tell([*OWN, *WHOLE, *UNFIT], partitioning)

    once = await readers.read()
    again = await readers.read()

    assert once == again == await readers.needed()
    assert sum(once[0].values()) + sum(once[1].values()) > len(OWN)


@pytest.mark.parametrize("partitioning", PARTITIONINGS.values(), ids=PARTITIONINGS)
async def test_what_is_told_later_is_got_by_a_later_reading(log: Log, readers: Readers, partitioning: Partitioning):
    await log.tell(OWN[::2], partitioning)
    await readers.read()
    await log.tell([*OWN[1::2], *WHOLE], partitioning)

    assert await readers.read() == await readers.needed()


async def test_facts_where_they_usually_stand_are_not_read_by_two(log: Log, readers: Readers):
    await log.tell(OWN, PARTITIONINGS["as usual"])
    start, fence = await readers.log.beginnings(), await readers.log.ends()

    first, second = (set(each.own(fence)) for each in readers.readings)

    assert first.isdisjoint(second)
    assert first | second == set(fence)
    assert sum([len(each) async for each in readers.readings[0]._reader.records(start, fence)]) == len(OWN)
