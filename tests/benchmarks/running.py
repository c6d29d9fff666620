"""What the benchmarks run on: the local stack, one service as a process, and what the operating system says of it."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, NamedTuple

import httpx
import psutil
from aiokafka import AIOKafkaProducer

from contracts.records import Message
from deploy.local.children import Child
from deploy.local.probes import answers_ok
from deploy.local.services import service
from deploy.local.stack import Stack
from tests.tokens import Issuer

#: How often a service is asked how far it is, in seconds; each answer is work of its own for it.
LOOKED_AT_EVERY_S = 0.2


class Running(NamedTuple):
    """A service under measurement: its address and its process."""

    url: str
    process: psutil.Process

    @property
    def megabytes(self) -> float:
        return self.process.memory_info().rss / 1e6

    @property
    def cpu_seconds(self) -> float:
        return cpu_seconds(self.process)


@asynccontextmanager
async def running(
    name: str, stack: Stack, issuer: Issuer, *, label: str, behind: bool = False, own: Mapping[str, str] | None = None
) -> AsyncIterator[Running]:
    """Run one service on an empty database, as a new group; `behind`: it is measured from its first batch on.

    `own` are settings of its own.
    """
    port = getattr(stack.ports, name)
    settings = {"KLARMELD_GROUP": label, "KLARMELD_MONGO__DATABASE": label, **issuer.environment, **(own or {})}
    ready = service(name, stack, port=port, settings=settings).recipe
    child = Child(replace(ready, ready=lambda: answers_ok(port, "/livez" if behind else "/readyz")))
    await child.start()
    try:
        yield Running(f"http://127.0.0.1:{port}", process_on(port))
    finally:
        await child.stop()


def process_on(port: int) -> psutil.Process:
    """Return the process that listens on a port."""
    for each in psutil.net_connections("tcp"):
        if each.status == psutil.CONN_LISTEN and each.laddr.port == port and each.pid:
            return psutil.Process(each.pid)
    raise LookupError(port)


def cpu_seconds(process: psutil.Process) -> float:
    """Return the processor time that a process has spent."""
    times = process.cpu_times()
    return float(times.user + times.system)


async def fill(stack: Stack, messages: Iterable[Message]) -> int:
    """Publish messages as fast as the broker takes them; returns how many."""
    producer = AIOKafkaProducer(
        bootstrap_servers=stack.bootstrap, acks="all", enable_idempotence=True, compression_type="zstd", linger_ms=20
    )
    await producer.start()
    try:
        waiting: list[asyncio.Future[object]] = []
        count = 0
        for message in messages:
            waiting.append(await producer.send(message.topic, message.value, key=message.key, headers=message.headers))
            count += 1
            if len(waiting) >= 5_000:
                await asyncio.gather(*waiting)
                waiting.clear()
        await asyncio.gather(*waiting)
        return count
    finally:
        await producer.stop()


async def records_handled(client: httpx.AsyncClient, url: str) -> float:
    """Return how many records the service has made durable, from its own metrics."""
    text = (await client.get(f"{url}/metrics")).text
    return sum(float(value) for value in re.findall(r"^klarmeld_records_total\{[^}]*\} (\S+)$", text, re.MULTILINE))


async def rate_until(client: httpx.AsyncClient, url: str, records: int, documents: Any) -> float:
    """Return records a second from the first batch seen until `records` are handled and no document owes its view."""
    first_at, first = 0.0, 0.0
    while True:
        handled = await records_handled(client, url)
        now = time.perf_counter()
        if handled and not first:
            first_at, first = now, handled
        if handled >= records and not await documents.count_documents({"owed": True}, limit=1):
            now = time.perf_counter()
            return (handled - first) / (now - first_at) if now > first_at else float("nan")
        await asyncio.sleep(LOOKED_AT_EVERY_S)
