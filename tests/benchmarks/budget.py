"""Time to visible, taken apart: how long each leg of an event's way to a reader takes, calm and disturbed."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
from aiokafka import AIOKafkaProducer

from contracts.access import UserRole
from contracts.facts import document_id
from contracts.topics import partition_name
from deploy.local.ports import free_block
from deploy.local.stack import Stack
from tests.benchmarks import workload
from tests.benchmarks.conditions import Bench, Condition, conditions
from tests.benchmarks.following import Place, following
from tests.benchmarks.legs import Sent, Way, ways
from tests.benchmarks.rebuilding import LABEL
from tests.benchmarks.replicas import Replicas
from tests.benchmarks.visible import percentile
from tests.stack import parts
from tests.tokens import running_issuer

#: Views followed at most while events are spread over more documents than that.
FOLLOWED = 200
#: Events a second that are asked for besides, by GET.
ASKED = 10
#: Events of one condition have numbers from here on, times its place.
APART = 10_000_000
#: How long what was sent last may take to arrive, in seconds.
SETTLE_S = 3
#: Wall clock minus the clock of the steps, in nanoseconds: Kafka's timestamps are of the wall clock.
WALL = time.time_ns() - time.perf_counter_ns()


async def budget(given: argparse.Namespace) -> dict[str, Any]:
    """Return the legs of each condition, one after another on one stack; a rebuild leaves most behind: it is last."""
    with tempfile.TemporaryDirectory(prefix="klarmeld-bench-") as directory:
        root = Path(directory)
        async with Stack(root / "stack", free_block(), parts=parts()) as stack, running_issuer(root) as issuer:
            replicas = Replicas(stack, issuer, LABEL, root)
            async with replicas.one("first") as url, _producer(stack) as producer:
                bench = Bench(replicas, url, producer, given)
                return {
                    name: await _measured(bench, number, condition)
                    for number, (name, condition) in enumerate(conditions(given).items(), start=1)
                }


def _producer(stack: Stack) -> AbstractAsyncContextManager[AIOKafkaProducer]:
    producer: AbstractAsyncContextManager[AIOKafkaProducer] = AIOKafkaProducer(
        bootstrap_servers=stack.bootstrap, acks="all", enable_idempotence=True
    )
    return producer


async def _measured(bench: Bench, number: int, condition: Condition) -> dict[str, Any]:
    sys.stderr.write(f"Budget, condition {number}\n")
    places = places_of(number, condition.rollouts)
    followed = places[:: max(1, len(places) // FOLLOWED)]
    await _known(bench, number, followed)
    token = bench.replicas.issuer.token(UserRole.COORDINATOR)
    async with following(bench.url, token, followed) as arrived:
        await condition.after(bench)
        since = time.perf_counter_ns()
        sent = await _sent(bench, number, places, condition)
        await _settled(sent, followed, arrived)
        steps = [*bench.replicas.steps(since), *arrived]
    found = list(ways(sent, steps, frozenset(document_id(*each) for each in followed)))
    return {"per_second": pace(sent), **summary(found)}


def pace(sent: Sequence[Sent]) -> float:
    """Return at how many events a second was sent in truth: a busy machine does not keep up with what was meant."""
    times = [each.sent for each in sent]
    return (len(times) - 1) / max(1, max(times) - min(times)) * 1e9


def places_of(number: int, rollouts: int) -> list[Place]:
    """Return where a condition's events go in turn: neighbours are of other municipalities, and of other rollouts."""
    codes = workload.CODES
    turns = range(len(codes) * rollouts)
    return list(dict.fromkeys((f"budget-{number}-{turn % rollouts}", codes[turn % len(codes)]) for turn in turns))


def _asking(bench: Bench) -> httpx.AsyncClient:
    headers = bench.replicas.issuer.bearer(UserRole.COORDINATOR)
    return httpx.AsyncClient(base_url=bench.url, headers=headers, timeout=60)


async def _known(bench: Bench, number: int, places: Sequence[Place]) -> None:
    """Return once a first event of each place is shown, so that it can be followed."""
    async with _asking(bench) as client:
        for turn, place in enumerate(places):
            await _shown(client, bench.producer, number * APART + APART // 2 + turn, place)


async def _sent(bench: Bench, number: int, places: Sequence[Place], condition: Condition) -> list[Sent]:
    """Send at the condition's pace for as long as what it is about lasts; some are asked for besides."""
    started, every = time.perf_counter(), condition.per_second // ASKED
    during = asyncio.ensure_future(condition.during(bench))
    sending: list[asyncio.Task[Sent]] = []
    try:
        async with _asking(bench) as client:
            while not during.done():
                turn = len(sending)
                await asyncio.sleep(max(0.0, started + turn / condition.per_second - time.perf_counter()))
                event = bench.producer, number * APART + turn, places[turn % len(places)]
                sending.append(asyncio.create_task(_send(*event) if turn % every else _shown(client, *event)))
            return await asyncio.gather(*sending)
    finally:
        during.cancel()
        await asyncio.wait({during})
        if not during.cancelled():
            during.result()


async def _shown(client: httpx.AsyncClient, producer: AIOKafkaProducer, number: int, place: Place) -> Sent:
    """Send an event, and ask for its view until the event is in it, again where the service says that it is not yet."""
    sent, (rollout, code) = await _send(producer, number, place), place
    params = {"after": f"{sent.partition}-{sent.offset}", "wait": 30}
    while (answer := await client.get(f"/v1/rollouts/{rollout}/municipalities/{code}", params=params)).is_error:
        if answer.status_code != httpx.codes.GATEWAY_TIMEOUT:
            answer.raise_for_status()
    return sent._replace(shown=time.perf_counter_ns())


async def _send(producer: AIOKafkaProducer, number: int, place: Place) -> Sent:
    message = workload.one(number, *place)
    began = time.perf_counter_ns()
    placed = await producer.send_and_wait(message.topic, message.value, key=message.key, headers=message.headers)
    acknowledged = time.perf_counter_ns()
    partition = partition_name(placed.topic, placed.partition)
    appended = placed.timestamp * 1_000_000 - WALL
    return Sent(document_id(*place), partition, placed.offset, began, appended, acknowledged)


async def _settled(sent: Sequence[Sent], followed: Sequence[Place], arrived: Sequence[Mapping[str, Any]]) -> None:
    """Return once the last followed event has arrived, or after a minute."""
    documents = {document_id(*each) for each in followed}
    last = next(each for each in reversed(sent) if each.document in documents)
    for _ in range(60):
        await asyncio.sleep(SETTLE_S / 3)
        if any(each["document"] == last.document and _shows(each, last) for each in arrived):
            break
    await asyncio.sleep(SETTLE_S)


def _shows(view: Mapping[str, Any], event: Sent) -> bool:
    reached: int = view["positions"].get(event.partition, -1)
    return reached >= event.offset


def summary(found: Sequence[Way | None]) -> dict[str, Any]:
    """Return p50 and p99 of each leg, of acknowledgement, GET and the whole, and of how many events that is."""
    seen = [each for each in found if each]
    legs = dict.fromkeys(name for each in seen for name in each.legs)
    whole = [each.whole for each in seen if "SSE" in each.legs]
    return {
        "events": len(found),
        "followed": len(whole),
        "incomplete": len(found) - len(seen),
        "legs": {name: _spread([each.legs[name] for each in seen if name in each.legs]) for name in legs},
        "acknowledged": _spread([each.acknowledged for each in seen]),
        "shown": _spread([each.shown for each in seen if each.shown is not None]),
        "whole": _spread(whole),
    }


def _spread(waits: Sequence[float]) -> dict[str, float] | None:
    if not waits:
        return None
    ordered = sorted(waits)
    return {"p50": percentile(ordered, 0.5), "p99": percentile(ordered, 0.99)}
