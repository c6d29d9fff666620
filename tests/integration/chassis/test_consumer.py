"""The consumer on the real broker: nothing is committed before it is durable, whatever the defaults of its parts."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer import fetcher

from deploy.local.stack import Stack
from services.chassis.log import fetch_wait
from services.chassis.log.consumer import Consumer, Turn
from services.chassis.metrics import Metrics
from tests.one_log import SOON_S, Applied, Log
from tests.waiting import until


async def test_kafka_is_to_answer_shortly_only_while_records_come(log: Log, monkeypatch):
    monkeypatch.setattr(fetch_wait, "CALM_AFTER_S", 0.5)
    waits: list[int] = []

    class Noted(fetcher.FetchRequest):
        def __init__(self, wait_ms: int, *more: Any, **rest: Any) -> None:
            super().__init__(wait_ms, *more, **rest)
            if log.topic in dict(self.topics):  # consumers of other tests may still be reading
                waits.append(wait_ms)

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
