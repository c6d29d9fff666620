"""A connection to the real broker that is cut while it is written to, on the loop that the services run on."""

import asyncio

import pytest
import uvloop
from aiokafka import conn
from aiokafka.client import AIOKafkaClient
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaError
from aiokafka.protocol.metadata import MetadataRequest

from deploy.local.stack import Stack
from services.chassis.log.kafka_client import reaching
from services.chassis.settings import KafkaConnection
from tests.faults.way import HOST, of_kafka, way

FOUND_WITHIN_S = 30


@pytest.fixture(autouse=True)
def unmended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let aiokafka write as it does by itself, whatever ran before."""
    monkeypatch.setattr(conn, "AIOKafkaConnection", AIOKafkaConnection)


async def told_while_cut(client: AIOKafkaClient, broker: int) -> set[type[BaseException]]:
    """Write at every turn of the loop until nobody listens any more; return what it was answered with, if not well."""
    asked = []
    while not asked or not asked[0].done() or await client.ready(broker):
        asked.append(asyncio.ensure_future(client.send(broker, MetadataRequest([]))))
        await asyncio.sleep(0)
    return {type(each) for each in await asyncio.gather(*asked, return_exceptions=True) if isinstance(each, Exception)}


async def cut_and_found_again(stack: Stack, *, mended: bool) -> set[type[BaseException]]:
    async with way(int(stack.bootstrap.rpartition(":")[2]), of_kafka) as to_kafka:
        bootstrap = f"{HOST}:{to_kafka.port}"
        client = AIOKafkaClient(
            **(reaching(KafkaConnection(bootstrap=bootstrap)) if mended else {"bootstrap_servers": bootstrap})
        )
        await client.bootstrap()
        try:
            broker = client.get_random_node()
            assert await client.ready(broker)
            to_kafka.falls_at(None)
            told = await told_while_cut(client, broker)
            await to_kafka.opened()
            async with asyncio.timeout(FOUND_WITHIN_S):
                while not await client.force_metadata_update():
                    await asyncio.sleep(0.1)
            return told
        finally:
            await client.close()


async def test_by_itself_aiokafka_raises_what_none_of_its_tasks_expects(stack: Stack):
    told = await asyncio.to_thread(uvloop.run, cut_and_found_again(stack, mended=False))

    assert RuntimeError in told


async def test_mended_it_says_that_the_connection_is_lost_and_finds_the_broker_again(stack: Stack):
    told = await asyncio.to_thread(uvloop.run, cut_and_found_again(stack, mended=True))

    assert told
    assert all(issubclass(each, KafkaError) for each in told)
