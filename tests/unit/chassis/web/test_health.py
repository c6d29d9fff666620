"""What makes a service ready, and which sentence says that it is not."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import KafkaConnectionError
from prometheus_client import generate_latest

from services.chassis.errors import StoreUnavailableError
from services.chassis.metrics import Metrics
from services.chassis.web import health as health_module
from services.chassis.web.health import Health, PartitionLag

FIRST = TopicPartition("klarmeld.tasks", 0)
SECOND = TopicPartition("klarmeld.tasks", 1)


class Client:
    """A member of the group, as far as its health is asked about."""

    def __init__(self, *, ends: dict[TopicPartition, int], positions: dict[TopicPartition, int]) -> None:
        self.ends, self.positions = ends, positions
        self.fault: BaseException | None = None
        self._coordinator = SimpleNamespace(_coordination_task=SimpleNamespace(done=lambda: False))

    def assignment(self) -> set[TopicPartition]:
        return set(self.ends)

    async def end_offsets(self, _partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        if self.fault:
            raise self.fault
        return self.ends

    async def position(self, partition: TopicPartition) -> int:
        return self.positions[partition]

    def lose_its_coordination(self) -> None:
        self._coordinator._coordination_task.done = lambda: True


class Store:
    def __init__(self) -> None:
        self.fault: BaseException | None = None

    async def ping(self) -> None:
        if self.fault:
            raise self.fault


class World(SimpleNamespace):
    client: Client
    store: Store
    handled: dict[TopicPartition, tuple[int, int]]
    metrics: Metrics
    health: Health

    async def troubles(self) -> list[str]:
        await self.health.look()
        return self.health.troubles()


@pytest.fixture
def world() -> World:
    """A service that has handled everything on its two partitions."""
    client = Client(ends={FIRST: 10, SECOND: 0}, positions={FIRST: 10, SECOND: 0})
    handled = {FIRST: (1_000, 9)}
    consumer: Any = SimpleNamespace(client=client, handled=handled)
    store: Any = Store()
    metrics = Metrics()
    debts: Any = SimpleNamespace(open=False)
    health = Health(consumer=consumer, store=store, debts=debts, metrics=metrics, ready_lag=100)
    return World(
        client=client, store=store, handled=handled, metrics=metrics, health=health, consumer=consumer, debts=debts
    )


async def test_a_service_that_has_handled_everything_is_ready(world: World):
    assert await world.troubles() == []
    assert world.health.started


def test_before_anybody_answered_it_is_not_ready(world: World):
    assert world.health.troubles() == ["Kafka: not connected yet", "MongoDB: not asked yet"]


async def test_without_a_client_it_is_not_connected(world: World):
    world.consumer.client = None
    assert await world.troubles() == ["Kafka: not connected"]


async def test_without_partitions_it_is_not_ready(world: World):
    world.client.ends = {}
    assert await world.troubles() == ["Kafka: no partitions assigned"]


async def test_while_views_are_owed_it_is_not_ready(world: World):
    world.debts.open = True
    assert await world.troubles() == ["facts have been caught up on whose views are being made"]


async def test_a_group_whose_coordination_ended_is_seen_though_the_partitions_stay(world: World):
    world.client.lose_its_coordination()
    assert await world.troubles() == ["Kafka: the group's coordination has ended; restart this service"]


@pytest.mark.parametrize("fault", [KafkaConnectionError(), TimeoutError(), RuntimeError(), AssertionError()])
async def test_a_kafka_that_does_not_answer_is_named_by_what_went_wrong(world: World, fault: Exception):
    world.client.fault = fault
    assert await world.troubles() == [f"Kafka: does not answer ({type(fault).__name__})"]


@pytest.mark.parametrize("fault", [StoreUnavailableError("away"), TimeoutError()])
async def test_a_database_that_does_not_answer_is_said_so(world: World, fault: Exception):
    world.store.fault = fault
    assert await world.troubles() == ["MongoDB: does not answer"]


async def test_what_was_lost_and_found_is_ready_again(world: World):
    world.store.fault = StoreUnavailableError("away")
    await world.troubles()
    world.store.fault = None
    assert await world.troubles() == []


async def test_one_that_answered_once_stays_started_when_it_is_not_ready(world: World):
    await world.troubles()
    world.store.fault = StoreUnavailableError("away")
    await world.troubles()
    assert world.health.started


async def test_too_far_behind_is_not_ready(world: World):
    world.client.ends = {FIRST: 111, SECOND: 0}
    assert await world.troubles() == ["101 records behind, more than 100"]


async def test_a_little_behind_is_ready(world: World):
    world.client.ends = {FIRST: 110, SECOND: 0}
    assert await world.troubles() == []


async def test_lag_is_counted_from_what_was_handled_not_from_what_was_fetched(world: World, monkeypatch):
    monkeypatch.setattr(health_module.clock, "now_ms", lambda: 61_000)
    world.client.ends, world.client.positions = {FIRST: 15, SECOND: 0}, {FIRST: 15, SECOND: 0}
    await world.troubles()
    assert world.health.lag == {"tasks-0": PartitionLag(5, 60.0), "tasks-1": PartitionLag(0, 0.0)}


async def test_a_partition_that_went_to_another_member_is_measured_no_more(world: World):
    await world.troubles()
    world.client.ends = {FIRST: 10}
    await world.troubles()
    assert b'partition="tasks-1"' not in generate_latest(world.metrics.registry)


def test_the_newest_record_of_all_that_was_handled_is_told_be_it_before_the_start(world: World):
    assert world.health.latest == 1_000
    world.health.before = 2_000
    assert world.health.latest == 2_000
    world.handled[SECOND] = (3_000, 0)
    assert world.health.latest == 3_000


def test_who_has_never_handled_a_record_tells_of_none(world: World):
    world.handled.clear()
    assert world.health.latest is None


async def test_records_that_wait_while_nothing_is_handled_are_noticed(world: World, monkeypatch):
    world.client.ends = {FIRST: 11, SECOND: 0}
    await world.troubles()
    monkeypatch.setattr(health_module, "STUCK_S", -1)
    assert await world.troubles() == ["Kafka: no record handled for -1 s while some wait"]


async def test_progress_is_enough_not_to_be_stuck(world: World, monkeypatch):
    monkeypatch.setattr(health_module, "STUCK_S", 0)
    world.client.ends = {FIRST: 12, SECOND: 0}
    await world.troubles()
    world.handled[FIRST] = (2_000, 10)
    assert await world.troubles() == []


@pytest.mark.parametrize(
    ("field", "value", "trouble"),
    [
        ("draining", True, "shutting down"),
        ("failed", "a part ended; restart it", "a part ended; restart it"),
        ("not_joined", "klarmeld.tasks has retention.ms=1", "group not joined: klarmeld.tasks has retention.ms=1"),
    ],
)  # fmt: skip
async def test_what_the_service_says_of_itself_is_among_the_troubles(world: World, field, value, trouble):
    await world.troubles()
    setattr(world.health, field, value)
    assert world.health.troubles() == [trouble]


async def test_the_metric_says_the_same_as_the_probe(world: World):
    await world.troubles()
    assert world.metrics.registry.get_sample_value("klarmeld_ready") == 1
    world.client.fault = KafkaConnectionError()
    await world.troubles()
    assert world.metrics.registry.get_sample_value("klarmeld_ready") == 0


async def test_watching_looks_again(world: World, monkeypatch):
    monkeypatch.setattr(health_module, "EVERY_S", 0)
    world.store.fault = StoreUnavailableError("away")
    watching = asyncio.create_task(world.health.watch())
    while not world.health.mongo or world.health.mongo == "not asked yet":
        await asyncio.sleep(0)
    world.store.fault = None
    while world.health.mongo:
        await asyncio.sleep(0)
    watching.cancel()
    assert world.health.troubles() == []


async def test_a_quiet_partition_is_not_behind_by_its_quiet_time(world: World, monkeypatch):
    now = [1_000_000]
    monkeypatch.setattr(health_module.clock, "now_ms", lambda: now[0])
    await world.troubles()
    world.client.ends, now[0] = {FIRST: 11, SECOND: 0}, 1_002_000
    await world.troubles()
    assert world.health.lag["tasks-0"] == PartitionLag(1, 2.0)


async def test_what_does_not_answer_is_told_apart_from_a_group_that_is_not_joined(world: World):
    world.client.ends = {}
    await world.troubles()
    assert world.health.away == []
    world.client.fault, world.client.ends = KafkaConnectionError(), {FIRST: 10}
    await world.troubles()
    assert world.health.away == ["Kafka"]
    assert world.metrics.registry.get_sample_value("klarmeld_kafka_reachable") == 0


async def test_while_mongodb_is_away_kafka_that_nobody_asked_is_not_said_to_be(world: World):
    world.consumer.client = None
    world.store.fault = StoreUnavailableError("away")
    await world.troubles()
    assert world.health.away == ["MongoDB"]
