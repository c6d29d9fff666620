"""Questions that tell whether a server on this machine is there: does its port listen, what does its HTTP answer."""

import asyncio

from deploy.local.ports import HOST

_ANSWER_S = 5


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True


async def answers_ok(port: int, path: str) -> bool:
    """Whether `GET path` answers 200 within five seconds."""
    try:
        async with asyncio.timeout(_ANSWER_S):
            return (await _status_line(port, path)).split()[1:2] == [b"200"]
    except (OSError, TimeoutError):
        return False


async def _status_line(port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode())
        return await reader.readline()
    finally:
        writer.close()
