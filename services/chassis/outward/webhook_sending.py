"""One message to one webhook: to an address of the network that was judged, in ten seconds, and nowhere else."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, NamedTuple

import httpcore

from services.chassis.outward.webhook_address import may_be_reached

#: Longest time for all of one sending, from looking up the name to the answer's headers, in seconds.
WITHIN_S = 10.0
#: Return the addresses of the network that a name resolves to.
Resolve = Callable[[str, int], Awaitable[list[str]]]


class Answer(NamedTuple):
    """What came of one sending: the receiver's status, or why there is none."""

    status: int | None
    fault: str | None = None

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """Whether the receiver says that it wants no more."""
        return self.status == 410


class TargetRefusedError(OSError):
    """The name resolves to an address that no webhook may reach."""


async def resolved(host: str, port: int) -> list[str]:
    """Ask the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class Sender:
    """Posts messages, each on a connection of its own; neither redirects nor proxies are followed."""

    def __init__(self, *, local: bool, within_s: float = WITHIN_S, resolve: Resolve = resolved) -> None:
        self._within_s = within_s
        self._network = _Judged(local=local, resolve=resolve)
        self._tls = ssl.create_default_context()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send `body`; whatever goes wrong is an answer. The answer's own body is never read."""
        try:
            async with asyncio.timeout(self._within_s):
                return Answer(await self._status(url, headers, body))
        except TimeoutError:
            return Answer(None, "timeout")
        except TargetRefusedError:
            return Answer(None, "target_refused")
        except (OSError, httpcore.NetworkError, httpcore.TimeoutException):
            return Answer(None, "not_reached")
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, ValueError):
            return Answer(None, "no_http")

    async def _status(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        async with (
            httpcore.AsyncConnectionPool(ssl_context=self._tls, network_backend=self._network) as pool,
            pool.stream("POST", url, headers=list(headers.items()), content=body) as response,
        ):
            return int(response.status)


class _Judged(httpcore.AsyncNetworkBackend):
    """Connects to the very address that was judged, so that a name can't resolve to another one in between."""

    def __init__(self, *, local: bool, resolve: Resolve) -> None:
        self._local = local
        self._resolve = resolve
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await self._resolve(host, port)
        # one bad address among good ones is how a name is bent: all of them must be good
        if not addresses or not all(may_be_reached(each, local=self._local) for each in addresses):
            raise TargetRefusedError(host)
        return await self._plain.connect_tcp(addresses[0], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await self._plain.sleep(seconds)
