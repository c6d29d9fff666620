"""The consumer on the real broker: nothing is committed before it is durable, whatever the defaults of its parts."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.consumer import fetcher

from contracts.records import KafkaRecord
from deploy.local.stack import Stack
from services.chassis.log import consumer as consumer_module
from services.chassis.log import fetch_wait
from services.chassis.log.consumer import Apply, Consumer, Turn
from services.chassis.log.log_admin import ensure_topics
from services.chassis.metrics import Metrics
from services.chassis.settings import KafkaSettings
from tests.waiting import until

SOON_S = 30


class Log:
    """A topic of two partitions for one test, and a group that reads it."""

    def __init__(self, stack: Stack, prefix: str, admin: AIOKafkaAdminClient) -> None:
        self.topic, self.group = f"{prefix}topic", f"{prefix}group"
        self.settings = KafkaSettings(bootstrap=stack.bootstrap, partitions=2)
        self._admin = admin
        self.consumers: list[Consumer] = []

    async def tell(self, *values: bytes, partition: int = 0, **options: Any) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self.settings.bootstrap, **options) as producer:
            for value in values:
                await producer.send_and_wait(self.topic, value, partition=partition)

    async def tell_and_take_back(self, value: bytes) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self.settings.bootstrap, transactional_id=self.group) as producer:
            await producer.begin_transaction()
            await producer.send_and_wait(self.topic, value, partition=0)
            await producer.abort_transaction()

    async def reading(self, apply: Apply) -> Consumer:
        consumer = Consumer(
            settings=self.settings, group=self.group, topics=[self.topic], apply=apply, metrics=Metrics(),
            moment=lambda _: None,
        )  # fmt: skip
        self.consumers.append(consumer)
        await consumer.start()
        return consumer

    async def committed(self) -> dict[int, int]:
        """Return the committed offset by partition, of those that have one."""
        found = await self._admin.list_consumer_group_offsets(self.group)
        return {each.partition: place.offset for each, place in found.items() if place.offset >= 0}

    async def commits(self, wanted: dict[int, int]) -> bool:
        """Return whether the group comes to have committed exactly this."""
        for _ in range(SOON_S * 10):
            if await self.committed() == wanted:
                return True
            await asyncio.sleep(0.1)
        return False


class Applied:
    """Keeps what it is given; fails as often as told, waits while it may not return, stands still at one value."""

    def __init__(self, *, failures: int = 0, held_up: bytes | None = None) -> None:
        self._held_up = held_up
        self.read: list[bytes] = []
        self.values: list[bytes] = []
        self.given_up = 0
        self.called = asyncio.Event()
        self.may_return = asyncio.Event()
        self.may_return.set()
        self.failures = failures

    async def __call__(self, records: Sequence[Any], turn: Turn) -> None:
        self.read += [record.value for record in records]
        try:
            await self._applied(records, turn)
        except asyncio.CancelledError:
            self.given_up += 1
            raise

    async def _applied(self, records: Sequence[Any], turn: Turn) -> None:
        await turn()
        self.called.set()
        await self.may_return.wait()
        if self._held_up in {record.value for record in records}:
            await asyncio.Event().wait()
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is away")
        self.values += [record.value for record in records]

    async def come_to(self, *wanted: bytes) -> bool:
        for _ in range(SOON_S * 10):
            if sorted(self.values) == sorted(wanted):
                return True
            await asyncio.sleep(0.1)
        return False


@pytest.fixture
async def log(stack: Stack, prefix: str) -> AsyncIterator[Log]:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.bootstrap)
    await admin.start()
    log = Log(stack, prefix, admin)
    await ensure_topics(log.settings, [log.topic])
    yield log
    for consumer in log.consumers:
        await consumer.stop(within_s=0)
    await admin.close()


async def test_kafka_is_to_answer_shortly_only_while_records_come(log: Log, monkeypatch):
    monkeypatch.setattr(fetch_wait, "CALM_AFTER_S", 0.5)
    waits: list[int] = []

    class Noted(fetcher.FetchRequest):
        def __init__(self, wait_ms: int, *more: Any, **rest: Any) -> None:
            waits.append(wait_ms)
            super().__init__(wait_ms, *more, **rest)

    monkeypatch.setattr(fetcher, "FetchRequest", Noted)
    await log.reading(Applied())

    await until(lambda: len(waits) > 1)
    assert set(waits) == {fetch_wait.CALM_MS}
    await log.tell(b"one")
    await until(lambda: log.settings.fetch_wait_ms in waits)
    await until(lambda: waits[-1] == fetch_wait.CALM_MS)


async def test_a_group_that_never_read_begins_at_the_beginning(log: Log):
    await log.tell(b"told before anybody listened")
    applied = Applied()

    await log.reading(applied)

    assert await applied.come_to(b"told before anybody listened")


async def test_what_was_applied_is_committed_partition_by_partition(log: Log):
    await log.tell(b"a", b"b", b"c", partition=0)
    await log.tell(b"d", partition=1)

    await log.reading(Applied())

    assert await log.commits({0: 3, 1: 1})


async def test_nothing_is_committed_while_a_batch_is_applied(log: Log):
    applied = Applied()
    applied.may_return.clear()
    await log.tell(b"a")
    await log.reading(applied)
    await applied.called.wait()

    assert await log.committed() == {}


async def test_a_batch_that_fails_is_tried_again_until_it_is_durable(log: Log):
    await log.tell(b"a", b"b")
    applied = Applied(failures=3)

    await log.reading(applied)

    assert await applied.come_to(b"a", b"b")
    assert await log.commits({0: 2})


async def test_a_batch_that_fails_commits_nothing(log: Log):
    applied = Applied(failures=1_000)
    await log.tell(b"a")
    await log.reading(applied)
    await applied.called.wait()

    assert applied.values == []
    assert await log.committed() == {}


async def test_what_a_producer_took_back_is_not_read(log: Log):
    await log.tell_and_take_back(b"never happened")
    await log.tell(b"happened")
    applied = Applied()

    await log.reading(applied)

    assert await applied.come_to(b"happened")


async def test_the_driver_commits_nothing_by_itself(log: Log):
    consumer = await log.reading(Applied())

    assert consumer.client is not None
    assert consumer.client._enable_auto_commit is False


async def test_a_topic_that_is_missing_is_not_created(log: Log, stack: Stack, prefix: str):
    consumer = Consumer(
        settings=log.settings, group=log.group, topics=[f"{prefix}missing"], apply=Applied(), metrics=Metrics(),
        moment=lambda _: None,
    )  # fmt: skip
    log.consumers.append(consumer)

    with suppress(TimeoutError):
        async with asyncio.timeout(2):
            await consumer.start()

    assert f"{prefix}missing" not in await log._admin.list_topics()


async def test_stopping_ends_the_running_batch_and_commits_it(log: Log):
    applied = Applied()
    applied.may_return.clear()
    await log.tell(b"a")
    consumer = await log.reading(applied)
    await applied.called.wait()

    stopping = asyncio.create_task(consumer.stop(within_s=SOON_S))
    await asyncio.sleep(0)
    applied.may_return.set()
    await stopping

    assert applied.values == [b"a"]
    assert await log.committed() == {0: 1}


async def test_a_batch_given_up_at_the_stop_is_not_passed_over(log: Log):
    applied = Applied(held_up=b"held up")
    await log.tell(b"held up")
    consumer = await log.reading(applied)
    await applied.called.wait()
    await log.tell(b"later")

    await consumer.stop(within_s=1)

    assert applied.values == []
    assert await log.committed() == {}
    next_one = Applied()
    await log.reading(next_one)
    assert await next_one.come_to(b"held up", b"later")


@pytest.fixture
def one_by_one(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each record be a batch, which shows that the service is behind."""
    monkeypatch.setattr(consumer_module, "BEHIND", 1)
    log.settings = log.settings.model_copy(update={"max_records": 1})


@pytest.mark.usefixtures("one_by_one")
async def test_behind_the_next_batch_is_read_while_one_is_written_and_no_other(log: Log):
    applied = Applied()
    applied.may_return.clear()
    await log.tell(b"a", b"b", b"c")
    await log.reading(applied)

    await until(lambda: applied.read == [b"a", b"b"])
    await asyncio.sleep(0.2)

    assert applied.read == [b"a", b"b"]
    applied.may_return.set()
    assert await applied.come_to(b"a", b"b", b"c")
    assert applied.values == [b"a", b"b", b"c"]
    assert await log.commits({0: 3})


async def test_a_small_batch_takes_what_came_while_the_one_before_it_was_written(log: Log):
    applied = Applied()
    applied.may_return.clear()
    await log.tell(b"a")
    await log.reading(applied)
    await applied.called.wait()

    await log.tell(b"b", b"c")

    assert applied.read == [b"a"]
    applied.may_return.set()
    assert await applied.come_to(b"a", b"b", b"c")


@pytest.mark.usefixtures("one_by_one")
async def test_nothing_is_written_before_what_comes_first_is_durable(log: Log):
    applied = Applied(failures=3)
    await log.tell(b"a", b"b", b"c")

    await log.reading(applied)

    assert await applied.come_to(b"a", b"b", b"c")
    assert applied.values == [b"a", b"b", b"c"]


@pytest.mark.usefixtures("one_by_one")
async def test_with_a_batch_that_is_given_up_goes_what_was_read_behind_it(log: Log):
    applied = Applied(held_up=b"held up")
    await log.tell(b"held up", b"later")
    consumer = await log.reading(applied)
    await until(lambda: applied.read == [b"held up", b"later"])

    await consumer.stop(within_s=0.2)

    assert applied.values == []
    assert await log.committed() == {}


@pytest.mark.usefixtures("one_by_one")
async def test_partitions_that_change_hands_end_what_was_begun_on_them(log: Log):
    applied = Applied()
    applied.may_return.clear()
    await log.tell(b"a", b"b", b"c")
    await log.reading(applied)
    await until(lambda: applied.read == [b"a", b"b"])

    joining = asyncio.create_task(log.reading(Applied()))
    applied.may_return.set()
    await joining

    assert await log.commits({0: 3})
    assert applied.values[:2] == [b"a", b"b"]


@pytest.mark.usefixtures("one_by_one")
async def test_what_is_given_up_as_partitions_change_hands_is_read_again(log: Log, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(consumer_module, "DRAINED_WITHIN_S", 0.2)
    first, second = Applied(), Applied()
    first.may_return.clear()
    await log.tell(b"a", partition=0)
    await log.tell(b"b", partition=1)
    await log.reading(first)
    await until(lambda: sorted(first.read) == [b"a", b"b"])

    joining = asyncio.create_task(log.reading(second))
    await until(lambda: first.given_up == 2)
    first.may_return.set()
    await joining

    await until(lambda: [*sorted(first.values), *second.values] in ([b"a", b"b"], [b"b", b"a"]), within_s=SOON_S)
    assert len(first.values) == 1
    assert await log.commits({0: 1, 1: 1})


@pytest.mark.usefixtures("one_by_one")
async def test_what_still_comes_as_partitions_change_hands_goes_with_what_was_given_up(log: Log):
    applied = Applied(held_up=b"held up")
    await log.tell(b"held up")
    consumer = await log.reading(applied)
    await until(applied.called.is_set)

    finishing = asyncio.create_task(consumer.finish(within_s=0.2))
    await asyncio.sleep(0)
    await consumer._handle([KafkaRecord(log.topic, 0, 1, 0, None, b"later", [])])
    await finishing

    assert applied.values == []
    assert await log.committed() == {}


async def test_a_cancellation_that_becomes_an_error_is_not_tried_again(log: Log):
    tries = 0

    async def apply(_records: Sequence[Any], _turn: Turn) -> None:
        nonlocal tries
        tries += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ConnectionError from None

    await log.tell(b"a")
    consumer = await log.reading(apply)
    await until(lambda: tries == 1)

    await consumer.stop(within_s=0)

    assert tries == 1
    assert await log.committed() == {}


async def test_what_waits_is_what_kafka_has_told_of_and_is_not_durable(log: Log, monkeypatch: pytest.MonkeyPatch):
    log.settings = log.settings.model_copy(update={"max_records": 1})
    applied = Applied(held_up=b"b")
    await log.tell(b"a", b"b", b"c")

    consumer = await log.reading(applied)

    await until(lambda: applied.read == [b"a", b"b"])
    assert consumer.waiting == 2


async def test_lag_is_known_from_what_was_handled(log: Log):
    await log.tell(b"a", b"b")
    consumer = await log.reading(Applied())
    assert await log.commits({0: 2})

    assert consumer.handled[TopicPartition(log.topic, 0)][1] == 1
