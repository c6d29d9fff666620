"""Readers that follow views over server-sent events and write down when each view arrives."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from contracts.facts import document_id
from tests.benchmarks.legs import positions_of

#: Longest line of a stream, in bytes.
LONGEST = 1 << 20
Place = tuple[str, str]


@asynccontextmanager
async def following(url: str, token: str, places: Sequence[Place]) -> AsyncIterator[list[dict[str, Any]]]:
    """Follow the views of these rollouts' municipalities; yield what arrives, a list that grows."""
    arrived: list[dict[str, Any]] = []
    streams = [await _opened(url, token, place) for place in places]
    readers = [
        asyncio.create_task(_read(reader, document_id(*place), arrived))
        for (reader, _), place in zip(streams, places, strict=True)
    ]
    try:
        yield arrived
    finally:
        for each in readers:
            each.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
        for _, writer in streams:
            writer.close()


async def _opened(url: str, token: str, place: Place) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a stream, and return when its first view is there."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=LONGEST)
    rollout, code = place
    path = f"/v1/rollouts/{rollout}/municipalities/{code}/stream"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    await writer.drain()
    status = await reader.readline()
    if b" 200 " not in status:
        raise ConnectionError(f"{path}: {status.decode().strip()}")
    while not (await reader.readline()).startswith(b"data: "):
        pass
    return reader, writer


async def _read(reader: asyncio.StreamReader, document: str, arrived: list[dict[str, Any]]) -> None:
    async for line in reader:
        if line.startswith(b"data: "):
            at = time.perf_counter_ns()
            arrived.append({"step": "arrived", "at": at, "document": document, "positions": positions_of(line)})
