"""The services and the operator's commands on a closed stack: each as itself, and everything works."""

import asyncio
import os
import stat
import sys
from collections.abc import AsyncIterator

import pytest

from contracts.codec import encode
from contracts.examples import ROLLOUT, example
from contracts.names import EventName
from deploy.closed.principals import Principal
from deploy.local.children import Child
from deploy.local.services import service
from deploy.local.stack import Stack
from deploy.producer import connected, send
from services.chassis.projection.mongo_client import connect
from tests.integration.closed.test_kafka import as_user
from tests.stack import REPOSITORY


@pytest.fixture(scope="module")
async def tasks(closed: Stack) -> AsyncIterator[Child]:
    child = service("tasks", closed, port=closed.ports.tasks, settings={})
    await child.start()
    yield child
    await child.stop()


async def test_an_event_of_egs_systems_reaches_the_projection_of_a_service(closed: Stack, tasks: Child):
    assert closed.secrets is not None
    event = example(EventName.AgreementSent)
    async with connected(as_user(closed, Principal.EG)) as producer:
        await send(producer, encode(event))

    uri = closed.secrets.mongo(Principal.OPS, closed.mongo_uri)
    async with connect(uri, timeout_s=20) as client, asyncio.timeout(60):
        while not await client.klarmeld_tasks.progress_1.find_one({"rollout": ROLLOUT}):
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("command", [("verify", "tasks"), ("rebuild", "tasks", "--execute", "--why", "a test")])
async def test_operators_come_in_with_the_credentials_that_the_stack_keeps_for_them(
    closed: Stack, tasks: Child, command: tuple[str, ...]
):
    code, said = await _commanded(closed, *command)

    assert code == 0, said


async def test_credentials_are_read_by_their_owner_alone(closed: Stack):
    assert closed.secrets is not None
    closed.secrets.for_commands(closed.bootstrap, closed.mongo_uri)

    files = [each for each in closed.secrets.root.iterdir() if each.name != "ca.pem"]

    assert {each.name for each in files} == {"server.pem", "members.key", "passwords.json", "operations.env"}
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in files)


async def _commanded(stack: Stack, *arguments: str) -> tuple[int, str]:
    """Run a command as an operator's shell does that has sourced the credentials."""
    assert stack.secrets is not None
    file = stack.secrets.for_commands(stack.bootstrap, stack.mongo_uri)
    script = f'set -a; . "{file}"; set +a; exec "{sys.executable}" -m deploy.cli "$@"'
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", script, "sh", *arguments,
        cwd=REPOSITORY,
        env={name: value for name, value in os.environ.items() if not name.startswith("KLARMELD_")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()
