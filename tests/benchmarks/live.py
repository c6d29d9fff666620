"""Live streams under many readers: from Kafka's acknowledgement to the byte at a client, while others do not read."""

import asyncio
import json
import random
import socket
import time
from collections import defaultdict
from contextlib import suppress
from typing import NamedTuple

from aiokafka import AIOKafkaProducer

from contracts.access import UserRole
from contracts.topics import partition_name
from deploy.local.stack import Stack
from tests.benchmarks import workload
from tests.benchmarks.running import Running
from tests.tokens import Issuer


class LiveFigures(NamedTuple):
    """Milliseconds from acknowledgement to byte, sorted, and the memory before, with and after them."""

    waits: list[float]
    rss_before: float
    rss_with: float
    rss_after: float


async def live(stack: Stack, service: Running, issuer: Issuer, *, clients: int, idle: int, events: int) -> LiveFigures:
    """Open `clients` streams of which `idle` never read, publish `events` at five a second, and time the others."""
    rollout = "bench-streams"
    producer = AIOKafkaProducer(bootstrap_servers=stack.bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        for number, code in enumerate(workload.CODES):
            message = workload.one(10_000_000 + number, rollout, code)
            await producer.send_and_wait(message.topic, message.value, key=message.key, headers=message.headers)
        await asyncio.sleep(2)
        before = service.megabytes
        waits: list[float] = []
        acknowledged: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
        token = issuer.token(UserRole.COORDINATOR)
        codes = [workload.CODES[number % len(workload.CODES)] for number in range(clients)]
        readers = [
            asyncio.create_task(_reader(service, token, rollout, code, acknowledged, waits)) for code in codes[idle:]
        ]
        sleepers = [await _open(service, token, rollout, code) for code in codes[:idle]]
        await asyncio.sleep(3)
        await _publish(producer, rollout, events, acknowledged)
        await asyncio.sleep(3)
        during = service.megabytes
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        for _, writer in sleepers:
            writer.close()
        await asyncio.sleep(2)
        return LiveFigures(sorted(waits), before, during, service.megabytes)
    finally:
        await producer.stop()


async def _publish(
    producer: AIOKafkaProducer, rollout: str, events: int, acknowledged: dict[tuple[str, str], dict[int, float]]
) -> None:
    chance = random.Random(8)
    for number in range(events):
        code = chance.choice(workload.CODES)
        message = workload.one(20_000_000 + number, rollout, code)
        placed = await producer.send_and_wait(message.topic, message.value, key=message.key, headers=message.headers)
        partition = partition_name(placed.topic, placed.partition)
        acknowledged[code, partition][placed.offset] = time.perf_counter()
        await asyncio.sleep(0.2)


async def _open(
    service: Running, token: str, rollout: str, code: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a stream whose client takes as little as the system lets it before somebody reads."""
    host, port = service.url.removeprefix("http://").split(":")
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    connection.setblocking(False)
    await asyncio.get_running_loop().sock_connect(connection, (host, int(port)))
    reader, writer = await asyncio.open_connection(sock=connection, limit=1 << 20)
    path = f"/v1/rollouts/{rollout}/municipalities/{code}/stream"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    await writer.drain()
    return reader, writer


async def _reader(  # noqa: PLR0917
    service: Running,
    token: str,
    rollout: str,
    code: str,
    acknowledged: dict[tuple[str, str], dict[int, float]],
    waits: list[float],
) -> None:
    reader, writer = await _open(service, token, rollout, code)
    shown: dict[str, int] = {}
    with suppress(asyncio.CancelledError):
        async for line in reader:
            if line.startswith(b"data: "):
                now = time.perf_counter()
                start = line.index(b'"positions":') + len(b'"positions":')
                positions = json.loads(line[start : line.index(b"}", start) + 1])
                for partition, offset in positions.items():
                    last = shown.get(partition, offset)
                    known = acknowledged.get((code, partition), {})
                    waits += [(now - at) * 1000 for each, at in known.items() if last < each <= offset]
                shown |= positions
    writer.close()
