"""The overview of 98 municipalities under steady requests."""

import asyncio
import time

import httpx

from contracts.access import UserRole
from tests.benchmarks.running import Running
from tests.tokens import Issuer


async def overview(service: Running, issuer: Issuer, *, rollout: str, per_second: int, seconds: int) -> list[float]:
    """Return milliseconds of each request, sorted; requests start on time whatever the earlier ones do."""
    headers = {"Authorization": f"Bearer {issuer.token(UserRole.COORDINATOR)}"}
    async with httpx.AsyncClient(base_url=service.url, headers=headers, timeout=30) as client:
        await _ask(client, rollout)
        started, asked = time.perf_counter(), []
        for number in range(per_second * seconds):
            await asyncio.sleep(max(0.0, started + number / per_second - time.perf_counter()))
            asked.append(asyncio.create_task(_ask(client, rollout)))
        return sorted(await asyncio.gather(*asked))


async def _ask(client: httpx.AsyncClient, rollout: str) -> float:
    started = time.perf_counter()
    (await client.get(f"/v1/rollouts/{rollout}/municipalities")).raise_for_status()
    return (time.perf_counter() - started) * 1000
