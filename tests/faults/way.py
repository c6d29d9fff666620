"""A way to the real Kafka or MongoDB that falls away at a chosen request, and can be opened again."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

HOST = "127.0.0.1"
#: Whether a whole request, as its protocol frames it, is the one with which the other side goes away.
At = Callable[[bytes], bool]


class Way:
    """Carries requests to a server on this machine and its answers back, until one falls that it was to fall at.

    That request still reaches the server, and its answer is never seen: what was asked has been done, and the asker
    can't know. From then on what stands is cut and what is new is refused, or with `silent` nothing is answered.
    """

    def __init__(self, to: int, length: Callable[[bytes], int]) -> None:
        self._to = to
        self._length = length
        self._server: asyncio.Server | None = None
        self._carrying: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._silent = False
        self._falls: At | None = None
        self.port = 0
        self.fallen = asyncio.Event()

    def falls_at(self, at: At | None, *, times: int = 1, silent: bool = False) -> None:
        """Fall when such a request comes for the `times`-th time; None: at once."""
        self._silent, self._left = silent, times
        self.fallen.clear()
        self._falls = at
        if at is None:
            self._fall()

    async def opened(self) -> None:
        """Carry again, at the same address."""
        self._falls = None
        self.fallen.clear()
        self._cut()
        self._server = self._server or await asyncio.start_server(self._carry, HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def closed(self) -> None:
        """End for good."""
        self._stop_listening()
        self._cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry(self, asking: asyncio.StreamReader, answering: asyncio.StreamWriter) -> None:
        self._carrying.add(answering)
        with suppress(OSError, EOFError):
            reading, writing = await asyncio.open_connection(HOST, self._to)
            self._carrying.add(writing)
            answers = asyncio.create_task(self._answers(reading, answering))
            self._tasks.add(answers)
            await self._requests(asking, writing)
        answering.transport.abort()

    async def _requests(self, asking: asyncio.StreamReader, writing: asyncio.StreamWriter) -> None:
        while True:
            request = await self._framed(asking)
            if self.fallen.is_set():
                continue
            writing.write(request)
            await writing.drain()
            if self._falls and self._falls(request):
                self._left -= 1
                if self._left == 0:
                    self._fall()

    async def _answers(self, reading: asyncio.StreamReader, answering: asyncio.StreamWriter) -> None:
        with suppress(OSError, EOFError):
            while True:
                answer = await self._framed(reading)
                if not self.fallen.is_set():
                    answering.write(self._naming_this_way(answer))
                    await answering.drain()
        answering.transport.abort()

    async def _framed(self, stream: asyncio.StreamReader) -> bytes:
        head = await stream.readexactly(4)
        return head + await stream.readexactly(self._length(head))

    def _naming_this_way(self, answer: bytes) -> bytes:
        """Return an answer of Kafka in which the broker is found at this way's port."""
        address = HOST.encode() + struct.pack(">i", self._to)
        return answer.replace(address, HOST.encode() + struct.pack(">i", self.port))

    def _fall(self) -> None:
        self.fallen.set()
        if not self._silent:
            self._stop_listening()
            for each in list(self._carrying):
                # what was asked last still reaches the server
                asyncio.get_running_loop().call_later(0.05, each.transport.abort)

    def _stop_listening(self) -> None:
        if self._server:
            self._server.close()
            self._server = None

    def _cut(self) -> None:
        for each in self._carrying:
            each.transport.abort()
        self._carrying.clear()


@asynccontextmanager
async def way(to: int, length: Callable[[bytes], int]) -> AsyncIterator[Way]:
    """Yield an open way to a server's port, whose protocol says so `length` of what follows the first four bytes."""
    opened = Way(to, length)
    await opened.opened()
    try:
        yield opened
    finally:
        await opened.closed()


def of_kafka(head: bytes) -> int:
    return int.from_bytes(head, "big")


def of_mongodb(head: bytes) -> int:
    return int.from_bytes(head, "little") - 4


def kafka(api: int) -> At:
    """Requests of one kind, by the number that Kafka's protocol gives it."""
    return lambda request: int.from_bytes(request[4:6], "big") == api


def mongodb(command: str, about: str = "") -> At:
    """Commands of this name, e.g. about a collection; in a message they come after its header and its length."""
    named = command.encode() + b"\0"
    return lambda request: request[26:].startswith(named) and about.encode() in request[:200]
