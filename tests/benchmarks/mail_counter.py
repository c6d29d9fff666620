"""A real SMTP server as a process of its own, so that whoever measures does not do its work: it names what it takes."""

import asyncio
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiosmtpd.smtp import SMTP

from deploy.local.ports import free_block

_KEY = re.compile(rb"(?mi)^Message-ID:\s*<([^@>]+)")


class Counted:
    """What the server says it has taken: how often each key, and when the newest came."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.per_key = Counter[str]()

    def take(self, key: str) -> None:
        self.per_key[key] += 1


@asynccontextmanager
async def mail_counter() -> AsyncIterator[Counted]:
    """Yield a server that is up, and what it has taken so far."""
    counted = Counted(free_block().smtp)
    command = (sys.executable, "-m", __name__, str(counted.port))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    assert await process.stdout.readline() == b"up\n"
    listening = asyncio.create_task(_listen(process.stdout, counted))
    try:
        yield counted
    finally:
        process.terminate()
        await process.wait()
        await listening


async def _listen(said: asyncio.StreamReader, counted: Counted) -> None:
    async for line in said:
        counted.take(line.decode().strip())


class _Taking:
    """Takes every mail."""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        found = _KEY.search(envelope.content)
        _say(found[1].decode() if found else "")
        return "250 OK"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def _serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(_Taking(), hostname="mail.example"), "127.0.0.1", port)
    _say("up")
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
