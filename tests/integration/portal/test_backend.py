"""What the portal asks the services for, where nobody waits for the answer any more."""

import asyncio
import gc
import random
import warnings

import httpx
from fastapi import FastAPI

from services.portal.backend import Backend, ServiceName
from services.portal.settings import Addresses
from tests.tokens import free_port, served

SEED, CLIENTS, ROUNDS, AT_ONCE = 3, 10, 5, 6
#: Seconds for which a connection is kept, so that some are always about to be closed.
KEPT_S = 0.02


async def given_up(url: str) -> None:
    """Give up a request again and again, while connections that were kept are being closed."""
    chance = random.Random(SEED)
    addresses = Addresses(agreements=url, notifications=url, tasks=url, timeout_s=5)
    for _ in range(CLIENTS):
        async with httpx.AsyncClient(timeout=5, limits=httpx.Limits(keepalive_expiry=KEPT_S)) as client:
            backend = Backend(client, addresses)
            for _ in range(ROUNDS):
                await asyncio.gather(*(backend.get(ServiceName.TASKS, "/asked", "token") for _ in range(AT_ONCE)))
                await asyncio.sleep(KEPT_S * 1.5)
                asking = asyncio.ensure_future(backend.get(ServiceName.TASKS, "/asked", "token"))
                for _ in range(chance.randint(1, 12)):
                    await asyncio.sleep(0)
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
            await asyncio.sleep(KEPT_S)


async def test_no_connection_is_lost_where_a_request_is_given_up():
    service = FastAPI()

    @service.get("/v1/asked")
    async def asked() -> dict:
        return {}

    port = free_port()
    async with served(service, port) as url:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always", ResourceWarning)
            await given_up(url)
            gc.collect()
    lost = [str(each.message) for each in said if str(each.message).startswith("unclosed <socket")]
    assert [each for each in lost if f"raddr=('127.0.0.1', {port})" in each] == []


async def test_an_answer_that_takes_too_long_is_not_waited_for():
    service = FastAPI()

    @service.get("/v1/asked")
    async def slow() -> dict:
        await asyncio.sleep(5)
        return {}

    async with served(service, free_port()) as url, httpx.AsyncClient() as client:
        addresses = Addresses(agreements=url, notifications=url, tasks=url, timeout_s=0.2)
        assert await Backend(client, addresses).get_or_away(ServiceName.TASKS, "/asked", "token") is None
