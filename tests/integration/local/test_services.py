"""The services run as child processes on the local stack: ready when they say so, and restarted one by one."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.children import Child
from deploy.local.ports import free_block
from deploy.local.services import service
from deploy.local.stack import Stack


@pytest.fixture
async def tasks(stack: Stack, prefix: str) -> AsyncIterator[Child]:
    settings = {"KLARMELD_MONGO__DATABASE": f"{prefix}tasks", "KLARMELD_GROUP": f"{prefix}tasks"}
    child = service("tasks", stack, port=free_block().tasks, settings=settings)
    await child.start()
    yield child
    await child.stop()


async def test_a_started_service_is_ready(tasks: Child):
    assert await tasks.recipe.ready()


async def test_a_killed_service_starts_again(tasks: Child):
    await tasks.kill()

    await tasks.start()

    assert await tasks.recipe.ready()
