"""Time to visible: from the moment that Kafka acknowledged an event to the moment that GET shows it."""

import asyncio
import time
from collections.abc import Sequence

import httpx
from aiokafka import AIOKafkaProducer

from contracts.access import UserRole
from contracts.topics import partition_name
from deploy.local.stack import Stack
from tests.benchmarks import workload
from tests.benchmarks.running import Running
from tests.tokens import Issuer


async def time_to_visible(
    stack: Stack,
    service: Running,
    issuer: Issuer,
    *,
    per_second: int,
    seconds: int,
    rollouts: Sequence[str],
    ask_every: int = 1,
) -> list[float]:
    """Return the waits in milliseconds, sorted; every so many events one is asked for with `after` its own position.

    Neighbours are about different municipalities, and with several rollouts about different ones of them.
    """
    producer = AIOKafkaProducer(bootstrap_servers=stack.bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    headers = {"Authorization": f"Bearer {issuer.token(UserRole.COORDINATOR)}"}
    limits = httpx.Limits(max_connections=200, max_keepalive_connections=200, keepalive_expiry=2)
    try:
        async with httpx.AsyncClient(base_url=service.url, headers=headers, limits=limits, timeout=60) as client:
            started = time.perf_counter()
            sent = []
            for number in range(per_second * seconds):
                await asyncio.sleep(max(0.0, started + number / per_second - time.perf_counter()))
                asking = client if number % ask_every == 0 else None
                sent.append(asyncio.create_task(_wait(producer, asking, number, rollouts[number % len(rollouts)])))
            return sorted(wait for wait in await asyncio.gather(*sent) if wait is not None)
    finally:
        await producer.stop()


async def _wait(
    producer: AIOKafkaProducer, client: httpx.AsyncClient | None, number: int, rollout: str
) -> float | None:
    code = workload.CODES[number % len(workload.CODES)]
    message = workload.one(number, rollout, code)
    placed = await producer.send_and_wait(message.topic, message.value, key=message.key, headers=message.headers)
    acknowledged = time.perf_counter()
    if client is None:
        return None
    position = f"{partition_name(placed.topic, placed.partition)}-{placed.offset}"
    answer = await client.get(f"/v1/rollouts/{rollout}/municipalities/{code}", params={"after": position, "wait": 30})
    answer.raise_for_status()
    return (time.perf_counter() - acknowledged) * 1000


def percentile(ordered: list[float], part: float) -> float:
    """Return the value below which `part` of an ordered list lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
