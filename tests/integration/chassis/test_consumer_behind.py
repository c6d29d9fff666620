"""The consumer of a service that is behind: the next batch is read while one is written, and none is passed over."""

import asyncio

import pytest

from contracts.records import KafkaRecord
from services.chassis.log import consumer as consumer_module
from tests.one_log import SOON_S, Applied, Log
from tests.waiting import until


@pytest.fixture(autouse=True)
def one_by_one(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have each record be a batch, which shows that the service is behind."""
    monkeypatch.setattr(consumer_module, "BEHIND", 1)
    log.settings = log.settings.model_copy(update={"max_records": 1})


async def two_under_way(log: Log) -> Applied:
    """Tell `a`, `b` and `c`, and return what was given the first two of them and may not end the first yet."""
    applied = Applied()
    applied.may_return.clear()
    await log.tell(b"a", b"b", b"c")
    await log.reading(applied)
    await until(lambda: applied.read == [b"a", b"b"])
    return applied


async def test_behind_the_next_batch_is_read_while_one_is_written_and_no_other(log: Log):
    applied = await two_under_way(log)

    await asyncio.sleep(0.2)

    assert applied.read == [b"a", b"b"]
    applied.may_return.set()
    assert await applied.come_to(b"a", b"b", b"c")
    assert applied.values == [b"a", b"b", b"c"]
    assert await log.commits({0: 3})


async def test_nothing_is_written_before_what_comes_first_is_durable(log: Log):
    applied = Applied(failures=3)
    await log.tell(b"a", b"b", b"c")

    await log.reading(applied)

    assert await applied.come_to(b"a", b"b", b"c")
    assert applied.values == [b"a", b"b", b"c"]


async def test_with_a_batch_that_is_given_up_goes_what_was_read_behind_it(log: Log):
    applied = Applied(held_up=b"held up")
    await log.tell(b"held up", b"later")
    consumer = await log.reading(applied)
    await until(lambda: applied.read == [b"held up", b"later"])

    await consumer.stop(within_s=0.2)

    assert applied.values == []
    assert await log.committed() == {}


async def test_partitions_that_change_hands_end_what_was_begun_on_them(log: Log):
    applied = await two_under_way(log)

    joining = asyncio.create_task(log.reading(Applied()))
    applied.may_return.set()
    await joining

    assert await log.commits({0: 3})
    assert applied.values[:2] == [b"a", b"b"]


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
