"""A klarmeld that was killed leaves nothing in the way of the next one, and no acknowledged data is lost."""

import subprocess
import sys
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local import processes
from deploy.local.errors import LocalStackError
from deploy.local.fetch import fetch
from deploy.local.ports import Ports, free_block
from deploy.local.stack import Stack
from services.chassis.projection.mongo_client import connect
from tests.stack import REPOSITORY, parts

STORE_AND_CRASH = """
import asyncio, os, sys
from pathlib import Path
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import AsyncMongoClient
from deploy.local.ports import block
from deploy.local.stack import Stack

async def main(data, base, parts):
    async with Stack(Path(data), block(int(base)), parts=Path(parts)) as stack:
        admin = AIOKafkaAdminClient(bootstrap_servers=stack.bootstrap)
        await admin.start()
        await admin.create_topics([NewTopic("kept", 1, 1)])
        await AsyncMongoClient(stack.mongo_uri, w="majority").db.kept.insert_one({"_id": 1})
        os.kill(os.getpid(), 9)

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
def ports() -> Ports:
    return free_block()


@pytest.fixture
def crashed(tmp_path: Path, ports: Ports) -> Path:
    """Return the data directory of a klarmeld that stored a topic and a document, and was killed."""
    arguments = [str(tmp_path), str(ports.portal), str(parts())]
    subprocess.run([sys.executable, "-c", STORE_AND_CRASH, *arguments], cwd=REPOSITORY, check=False)
    return tmp_path


async def test_the_next_start_finds_ports_and_data_as_they_were(crashed: Path, ports: Ports):
    async with Stack(crashed, ports, parts=parts()) as stack:
        assert await topics(stack) == ["kept"]
        assert await documents(stack) == 1


async def test_the_next_start_may_be_on_other_ports(crashed: Path):
    async with Stack(crashed, free_block(), parts=parts()) as stack:
        assert await topics(stack) == ["kept"]
        assert await documents(stack) == 1


async def test_leaving_the_stack_leaves_no_process(tmp_path: Path, ports: Ports):
    async with Stack(tmp_path, ports, parts=parts()) as stack:
        running = [processes.identify(child.pid) for child in (stack.broker, stack.mongod)]

    assert not any(map(processes.is_running, running))


async def test_a_second_klarmeld_in_one_directory_is_told_of_the_first(stack: Stack):
    with pytest.raises(LocalStackError, match="in use by another klarmeld, process"):
        async with Stack(stack.directory.root, free_block(), parts=parts()):
            pass


async def test_a_second_klarmeld_on_the_same_ports_is_told_who_has_them(stack: Stack, tmp_path: Path):
    with pytest.raises(
        LocalStackError, match=rf"Port {stack.ports.kafka} for Kafka is in use by process {stack.broker.pid} "
    ):
        async with Stack(tmp_path, stack.ports, parts=parts()):
            pass


def test_what_was_fetched_once_needs_no_network(stack: Stack, monkeypatch: pytest.MonkeyPatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_block().smtp}")
    told: list[str] = []

    found = fetch(parts(), environ=stack.environ, progress=lambda name, *_: told.append(name))

    assert found.mongod is not None
    assert told == []


async def topics(stack: Stack) -> list[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.bootstrap)
    await admin.start()
    try:
        return await admin.list_topics()
    finally:
        await admin.close()


async def documents(stack: Stack) -> int:
    async with connect(stack.mongo_uri, timeout_s=20) as client:
        return await client.db.kept.count_documents({})
