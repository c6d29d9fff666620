"""Under which conditions time to visible is taken apart: at which pace, and what disturbs it meanwhile."""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import NamedTuple

import httpx
from aiokafka import AIOKafkaProducer

from deploy.local.stack import Stack
from tests.benchmarks import workload
from tests.benchmarks.rebuilding import operation
from tests.benchmarks.replicas import Replicas
from tests.benchmarks.running import fill, records_handled

CALM, BUSY = 50, 1_000

Disturbance = Callable[["Bench"], Awaitable[None]]


class Bench(NamedTuple):
    """What a condition works with: the replicas, the address of the one that readers ask, the producer, and options."""

    replicas: Replicas
    url: str
    producer: AIOKafkaProducer
    given: argparse.Namespace

    @property
    def stack(self) -> Stack:
        return self.replicas.stack


class Condition(NamedTuple):
    """Events a second over so many rollouts for as long as something lasts, after something else was done."""

    per_second: int
    rollouts: int
    during: Disturbance
    after: Disturbance


def conditions(given: argparse.Namespace) -> dict[str, Condition]:
    """Return what is measured, in this order."""
    calm, busy = partial(_quiet, seconds=given.seconds), partial(_quiet, seconds=given.busy)
    return {
        "calm": Condition(CALM, 1, calm, _nothing),
        "busy": Condition(BUSY, given.rollouts, busy, _nothing),
        "rebalance": Condition(CALM, 1, _rebalance, _nothing),
        "restart": Condition(CALM, 1, calm, _restart),
        "rebuild": Condition(CALM, 1, _rebuild, _fill),
    }


async def _nothing(_bench: Bench) -> None:
    """Do nothing before a condition."""


async def _quiet(_bench: Bench, *, seconds: float) -> None:
    """Disturb nothing."""
    await asyncio.sleep(seconds)


async def _rebalance(bench: Bench) -> None:
    """Let a second replica join the group, take part, and leave."""
    async with bench.replicas.one("second"):
        await asyncio.sleep(bench.given.seconds / 2)
    await asyncio.sleep(bench.given.seconds / 4)


async def _restart(bench: Bench) -> None:
    """Kill Kafka and start it again."""
    await bench.stack.kill_broker()
    await bench.stack.start_broker()


async def _fill(bench: Bench) -> None:
    """Put into the log what makes a rebuild last, and wait until the service has taken it in."""
    async with httpx.AsyncClient(timeout=30) as client:
        before = await records_handled(client, bench.url)
        count = await fill(bench.stack, workload.spread(bench.given.replayed, rollouts=bench.given.rollouts))
        while await records_handled(client, bench.url) < before + count:
            await asyncio.sleep(0.2)
        while (await client.get(f"{bench.url}/readyz")).status_code != httpx.codes.OK:
            await asyncio.sleep(0.2)


async def _rebuild(bench: Bench) -> None:
    """Rebuild again and again, each to its end, for as long as is measured."""
    ends = time.perf_counter() + bench.given.seconds
    while time.perf_counter() < ends:
        await operation("rebuild", bench.stack)
