"""Connections to the real MongoDB, opened for callers who give up."""

import asyncio
import gc
import random
import warnings
from typing import Any

import pytest

from services.chassis.projection.mongo_client import connect

pytestmark = pytest.mark.stack
CLIENTS, SEED = 60, 8


async def given_up(uri: str) -> list[str]:
    """Return what is said of connections that nobody closed, after many commands were cancelled while they began."""
    chance = random.Random(SEED)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", ResourceWarning)
        for _ in range(CLIENTS):
            client = connect(uri, timeout_s=10)
            commands = [asyncio.create_task(client.admin.command("ping")) for _ in range(chance.randint(5, 40))]
            if chance.random() < 0.5:
                await asyncio.wait(commands[:1])
            for each in commands:
                if chance.random() < 0.2:
                    await asyncio.sleep(chance.random() / 1_000)
                each.cancel()
            await asyncio.gather(*commands, return_exceptions=True)
            await client.close()
        await asyncio.sleep(0.1)
        gc.collect()
    return [str(each.message) for each in said if "unclosed" in str(each.message)]


async def test_a_connection_that_opens_for_nobody_any_more_is_closed(stack):
    assert await given_up(stack.mongo_uri) == []


async def asking(client: Any) -> None:
    while True:
        await client.admin.command("ping")
        await asyncio.sleep(0.005)


async def test_who_asks_again_and_again_ends_when_cancelled(stack):
    chance = random.Random(SEED)
    async with connect(stack.mongo_uri, timeout_s=10) as client:
        for _ in range(10):
            readers = [asyncio.create_task(asking(client)) for _ in range(20)]
            await asyncio.sleep(0.05 + chance.random() / 50)
            for each in readers:
                each.cancel()
            _, left = await asyncio.wait(readers, timeout=5)
            assert not left
