"""A server is there when its port listens, and ready when it says 200."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from deploy.local.ports import HOST, free_block
from deploy.local.probes import answers_ok, listens

Served = Callable[[bytes], AbstractAsyncContextManager[int]]


@pytest.fixture
def served() -> Served:
    """Serve one fixed answer to everything, on the port that it gives."""

    @asynccontextmanager
    async def serve(answer: bytes) -> AsyncIterator[int]:
        async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readline()
            writer.write(answer)
            writer.close()

        async with await asyncio.start_server(reply, HOST, 0) as server:
            yield server.sockets[0].getsockname()[1]

    return serve


async def test_a_port_listens_while_its_server_is_there(served: Served):
    async with served(b"") as port:
        assert await listens(port)

    assert not await listens(port)


@pytest.mark.parametrize(
    ("answer", "ready"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", True),
        (b"HTTP/1.1 200\r\n\r\n", True),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", False),
        (b"220 smtp.example\r\n", False),
        (b"", False),
    ],
)
async def test_only_200_is_ready(served: Served, answer: bytes, *, ready: bool):
    async with served(answer) as port:
        assert await answers_ok(port, "/readyz") is ready


async def test_nobody_there_is_not_ready():
    assert not await answers_ok(free_block().tasks, "/readyz")
