"""Rebuild and verify of one log: beside Kafka Streams that reads the same again, and beside live traffic."""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from aiokafka import TopicPartition

from contracts.topics import Topic
from deploy.group_offsets import move
from deploy.local.ports import free_block
from deploy.local.stack import Stack
from services.chassis.log.log_admin import ensure_topics
from services.chassis.log.log_reader import Offsets, reading
from services.chassis.settings import KafkaSettings
from tests.benchmarks import peers, processes, workload
from tests.benchmarks.peers import Lap
from tests.benchmarks.processes import Peer
from tests.benchmarks.running import cpu_seconds, fill, process_on, running
from tests.benchmarks.visible import time_to_visible
from tests.stack import REPOSITORY, parts
from tests.tokens import Issuer, running_issuer

SAMPLE_S, PAUSE_S = 0.2, 2.0
#: A service that begins with so many documents looks at all of them first.
WARM_S = 15
#: Database and group of the service whose documents are rebuilt and verified.
LABEL = "bench_rebuilding"
#: Given a label of its own, one candidate's way through the log.
Turn = Callable[[str], Awaitable[dict[str, Any]]]
#: The peer that the bar is about.
PEER = "Kafka Streams, 2 threads"


async def rebuilding(given: argparse.Namespace) -> dict[str, Any]:
    """Return laps of each, alternating, on a log of their own; the first rebuild makes the documents from nothing.

    What readers wait for is measured before the laps: after those of Kafka Streams they waited longer.
    """
    with tempfile.TemporaryDirectory(prefix="klarmeld-bench-") as directory:
        root = Path(directory)
        async with Stack(root / "stack", free_block(), parts=parts()) as stack, running_issuer(root) as issuer:
            await ensure_topics(KafkaSettings(bootstrap=stack.bootstrap), [str(each) for each in Topic])
            text = workload.LEAN if given.lean else workload.USUAL
            rollouts = max(1, given.replayed // workload.ROLLOUT)
            await fill(stack, workload.spread(given.replayed, rollouts=rollouts, text=text))
            first = await operation("rebuild", stack)
            waited = await _beside(stack, issuer, given.seconds)
            count = sum((await _ends(stack)).values())
            laps = await _laps(stack, count, given.repeat)
    return {"records": count, "from_nothing": first, "laps": laps, **waited}


async def _laps(stack: Stack, count: int, repeat: int) -> dict[str, list[dict[str, Any]]]:
    others = [each for each in processes.peers()[0] if each.name.startswith(PEER)]
    log = await peers.read_log(stack, count) if others else []
    turns: dict[str, Turn] = {
        "bare aiokafka": lambda _: _told(peers.bare_aiokafka(stack, count)),
        **{each.name: partial(_of_peer, each, stack, log) for each in others},
        "rebuild": lambda _: operation("rebuild", stack),
        "verify": lambda _: operation("verify", stack),
    }
    laps: dict[str, list[dict[str, Any]]] = {name: [] for name in turns}
    for number in range(repeat):
        for name, turn in turns.items():
            laps[name].append(await turn(f"rebuilding_{number}"))
            sys.stderr.write(f"{name}: {json.dumps(laps[name][-1])}\n")
            await asyncio.sleep(PAUSE_S)
    return laps


def _of_peer(peer: Peer, stack: Stack, log: Sequence[Any], label: str) -> Awaitable[dict[str, Any]]:
    return _told(processes.lap_of(peer, stack, log, label))


async def _told(lap: Awaitable[Lap]) -> dict[str, Any]:
    return (await lap)._asdict()


async def operation(verb: str, stack: Stack) -> dict[str, Any]:
    """Rebuild or verify agreements in processes of their own; returns a lap of it, with the peak of all their RSS."""
    command = ("-m", "tests.benchmarks.operation", verb, stack.bootstrap, stack.mongo_uri, LABEL)
    servers = {"broker_us": process_on(stack.ports.kafka), "mongod_us": process_on(stack.ports.mongod)}
    before = {name: cpu_seconds(each) for name, each in servers.items()}
    process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=REPOSITORY, stdout=-1)
    ending = asyncio.ensure_future(process.communicate())
    peak = 0.0
    try:
        while not ending.done():
            peak = max(peak, _megabytes(process.pid))
            await asyncio.wait({ending}, timeout=SAMPLE_S)
    finally:
        if not ending.done():
            process.kill()
    said, _ = await ending
    if process.returncode:
        raise RuntimeError(f"{verb} ended with {process.returncode}")
    figures: dict[str, Any] = json.loads(said)
    spent = {name: (cpu_seconds(each) - before[name]) / figures["events"] * 1e6 for name, each in servers.items()}
    return figures | spent | {"rss_mb": peak}


def _megabytes(pid: int) -> float:
    """Return the resident memory of a process and all that it has begun."""
    try:
        root = psutil.Process(pid)
        return sum(each.memory_info().rss for each in (root, *root.children(recursive=True))) / 1e6
    except psutil.NoSuchProcess:
        return 0.0


async def _beside(stack: Stack, issuer: Issuer, seconds: int) -> Mapping[str, list[float]]:
    """Return how long readers of the service wait, alone and while everything that it holds is verified."""
    await as_if_applied(stack, LABEL)
    async with running("agreements", stack, issuer, label=LABEL) as service:

        async def waits(rollout: str, for_s: int) -> list[float]:
            return await time_to_visible(
                stack, service, issuer, per_second=50, seconds=for_s, rollouts=[f"bench-{rollout}"]
            )

        await waits("warm", WARM_S)
        alone = await waits("alone", seconds)
        verifying = asyncio.create_task(_again_and_again(stack))
        try:
            beside = await waits("beside", seconds)
        finally:
            verifying.cancel()
            await asyncio.wait({verifying})
    return {"alone": alone, "beside": beside}


async def _again_and_again(stack: Stack) -> None:
    while True:
        await operation("verify", stack)


async def as_if_applied(stack: Stack, group: str) -> None:
    """Commit for a service everything that the log says by now."""
    ends = {TopicPartition(*each): offset for each, offset in (await _ends(stack)).items()}
    await move(KafkaSettings(bootstrap=stack.bootstrap), group, ends)


async def _ends(stack: Stack) -> Offsets:
    async with reading(KafkaSettings(bootstrap=stack.bootstrap), [str(each) for each in Topic]) as reader:
        return await reader.ends()
