"""Readiness of a running service: a member whose group left it behind, or that could never join, says so."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts.examples import EXAMPLES
from contracts.names import EventName
from contracts.writer import NewEvent
from deploy.local.stack import Stack
from services.chassis.service import Service, build
from services.chassis.settings import KafkaSettings, MongoSettings, ServiceSettings
from services.tasks.app import SERVICE
from tests.in_process import client_of, ready, tell

WITHIN_S = 10


@pytest.fixture
def settings(stack: Stack, prefix: str) -> ServiceSettings:
    return ServiceSettings(
        kafka=KafkaSettings(bootstrap=stack.bootstrap),
        mongo=MongoSettings(uri=stack.mongo_uri, database=f"{prefix}health"),
        group=f"{prefix}health",
    )


@pytest.fixture
async def app(settings: ServiceSettings) -> AsyncIterator[Any]:
    app = build(SERVICE, settings)
    async with app.router.lifespan_context(app):
        assert await answers(app, "/readyz", 200, within_s=60)
        yield app


async def answers(app: Any, path: str, status: int, *, within_s: float = WITHIN_S, because: str = "") -> bool:
    """Return whether `path` comes to answer `status`, and for the reason `because`, in time."""
    async with client_of(app) as client:
        for _ in range(int(within_s * 10)):
            answer = await client.get(path)
            if answer.status_code == status and because in answer.text:
                return True
            await asyncio.sleep(0.1)
    return False


async def test_a_dead_coordination_makes_it_unready_while_it_lives_on(app: Any):
    app.state.parts.consumer.client._coordinator._coordination_task.cancel()

    assert await answers(app, "/readyz", 503, because="coordination has ended")
    assert await answers(app, "/livez", 200)


async def test_a_part_that_dies_makes_it_unready(app: Any):
    app.state.parts.health.look = None  # the next round of the watch fails on it

    assert await answers(app, "/readyz", 503, because="ended with TypeError")


async def test_stopping_makes_it_unready_at_once(app: Any):
    app.state.parts.close()

    assert await answers(app, "/readyz", 503, because="shutting down", within_s=1)
    assert await answers(app, "/startupz", 200, within_s=1)


async def test_a_ready_service_tells_its_lag_by_partition(app: Any):
    async with client_of(app) as client:
        lag = (await client.get("/readyz")).json()["lag"]

    assert lag.keys() == {f"{topic}-{each}" for topic in ("agreements", "notifications", "tasks") for each in range(6)}


async def test_a_service_knows_after_a_restart_what_it_handled_before(settings: ServiceSettings):
    told = await latest_of(settings, EXAMPLES[EventName.TaskCardPublished])

    assert told != "nothing"
    assert await latest_of(settings) == told


async def latest_of(settings: ServiceSettings, *events: NewEvent) -> str:
    """Return what a service that is started, told of these and level says of the newest event, and stop it."""
    app = build(SERVICE, settings)
    async with app.router.lifespan_context(app), client_of(app) as client:
        await ready(client)
        for position in await tell(app, *events):
            await until_handled(app, position)
        for _ in range(WITHIN_S * 10):
            latest = (await client.get("/readyz")).json()["latest"]
            if latest:
                return str(latest)
            await asyncio.sleep(0.1)
        return "nothing"


async def until_handled(app: Any, position: str) -> None:
    topic, partition, offset = position.rsplit("-", 2)
    place = TopicPartition(f"klarmeld.{topic}", int(partition))
    while app.state.parts.consumer.handled.get(place, (0, -1))[1] < int(offset):
        await asyncio.sleep(0.1)


async def test_a_topic_under_which_the_contract_does_not_hold_keeps_it_from_joining(
    stack: Stack, settings: ServiceSettings, prefix: str
):
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(f"{prefix}topic", 1, 1)])
    await admin.close()
    topics: Any = [f"{prefix}topic"]
    app = build(Service(name="tasks", summary="", owns=SERVICE.owns, reads=topics, derive=SERVICE.derive), settings)

    async with app.router.lifespan_context(app):
        assert await answers(app, "/readyz", 503, because=f"{prefix}topic has message.timestamp.type=CreateTime")
        assert await answers(app, "/startupz", 503, within_s=1)
        assert await answers(app, "/livez", 200, within_s=1)


async def test_metrics_are_there_for_prometheus(app: Any):
    async with client_of(app) as client:
        answer = await client.get("/metrics")

    assert "klarmeld_ready 1.0" in answer.text
    assert answer.headers["content-type"].startswith("text/plain")
