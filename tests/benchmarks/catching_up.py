"""Catching up on a log: candidates in turn, each judged by the final states that the log says."""

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from contracts.records import Message
from contracts.topics import Topic
from deploy.local.ports import free_block
from deploy.local.stack import Stack
from services.chassis.log.log_admin import ensure_topics
from services.chassis.projection.mongo_client import connect
from services.chassis.settings import KafkaSettings
from tests.benchmarks import peers, processes, workload
from tests.benchmarks.peers import Lap
from tests.benchmarks.processes import Peer
from tests.benchmarks.running import cpu_seconds, fill, process_on, rate_until, running
from tests.oracle import log as oracle
from tests.stack import parts
from tests.tokens import Issuer, running_issuer

#: Given a label of its own, one candidate's way through the log.
Turn = Callable[[str], Awaitable[Lap]]
#: Candidates rest between their turns, in seconds, so that the broker's and mongod's own work of one is not the next's.
PAUSE_S = 2.0


async def catching_up(given: argparse.Namespace) -> dict[str, Any]:
    """Return the laps of every candidate on both workloads; each workload is made once, and has a log of its own."""
    spread = workload.spread(given.events, rollouts=given.rollouts)
    campaign = workload.campaign(given.events)
    return {
        "spread": await _on_one_log(spread, given.repeat, given.usual),
        "campaign": await _on_one_log(campaign, given.repeat, given.usual),
    }


async def _on_one_log(messages: Iterable[Message], repeat: int, usual: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="klarmeld-bench-") as directory:
        root = Path(directory)
        async with Stack(root / "stack", free_block(), parts=parts()) as stack, running_issuer(root) as issuer:
            await ensure_topics(KafkaSettings(bootstrap=stack.bootstrap), [str(each) for each in Topic])
            count = await fill(stack, messages)
            log = await peers.read_log(stack, count)
            due = oracle.digest(oracle.fold(log).documents)
            others, _ = processes.peers()
            turns: dict[str, Turn] = {
                "bare aiokafka": lambda _: peers.bare_aiokafka(stack, count),
                "klarmeld": lambda label: _klarmeld(stack, issuer, count, label, due),
                **{each.name: partial(_of_process, each, stack, log) for each in others},
                "usual FastStream batch": lambda label: peers.usual_batch(stack, log[:], usual, label),
                "usual FastStream event": lambda label: peers.usual_event(stack, log[:], usual // 4, label),
            }
            laps: dict[str, list[Lap]] = {name: [] for name in turns}
            for number in range(repeat):
                for name, turn in turns.items():
                    laps[name].append(await _metered(stack, turn(f"{_as_label(name)}_{number}")))
                    await asyncio.sleep(PAUSE_S)
    return {name: [each._asdict() for each in several] for name, several in laps.items()}


def _of_process(peer: Peer, stack: Stack, log: Sequence[Any], label: str) -> Awaitable[Lap]:
    return processes.lap_of(peer, stack, log, label)


def _as_label(name: str) -> str:
    """Return a candidate's name as databases and groups may have it."""
    return "".join(each if each.isalnum() else "_" for each in name.lower())


async def _metered(stack: Stack, lap: Any) -> Lap:
    """Add what the broker and mongod spent on a lap."""
    servers = [process_on(stack.ports.kafka), process_on(stack.ports.mongod)]
    before = [cpu_seconds(each) for each in servers]
    found: Lap = await lap
    spent = [(cpu_seconds(each) - earlier) / found.events * 1e6 for each, earlier in zip(servers, before, strict=True)]
    return found._replace(broker_us=spent[0], mongod_us=spent[1])


async def _klarmeld(stack: Stack, issuer: Issuer, count: int, label: str, due: str) -> Lap:
    """Run one service that reads everything from the beginning into an empty database, until every view is made."""
    mongo = connect(stack.mongo_uri, timeout_s=20)
    documents = mongo[label].progress_1
    async with running("agreements", stack, issuer, label=label, behind=True) as service, httpx.AsyncClient() as client:
        before = service.cpu_seconds
        rate = await rate_until(client, service.url, count, documents)
        spent, megabytes = service.cpu_seconds - before, service.megabytes
    held = oracle.digest_of_stored(await documents.find().to_list(None))
    await mongo.drop_database(label)
    await mongo.close()
    return Lap(count, rate, spent / count * 1e6, megabytes, right=held == due)


def rates(laps: list[dict[str, Any]]) -> list[float]:
    """Return events a second of the laps whose final states were right: the others do not count."""
    return [each["rate"] for each in laps if each["right"]]
