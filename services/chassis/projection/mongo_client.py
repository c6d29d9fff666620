"""How every client reaches MongoDB: with the same limits, and without losing a connection that somebody gave up."""

import asyncio
from typing import Any, ClassVar

from pymongo import AsyncMongoClient  # noqa: TID251  this module is its home
from pymongo.asynchronous.pool import AsyncConnection, Pool


def connect(uri: str, *, timeout_s: float, client_class: Any = AsyncMongoClient) -> Any:
    """Return a client that answers or fails within `timeout_s`, for the event loop that uses it first."""
    milliseconds = int(timeout_s * 1000)
    return client_class(
        uri,
        serverSelectionTimeoutMS=milliseconds,
        connectTimeoutMS=milliseconds,
        socketTimeoutMS=milliseconds * 4,
        retryWrites=False,  # the merge is idempotent and its batch is tried again anyway
        appname="klarmeld",
        _pool_class=WholePool,
    )


class WholePool(Pool):
    """Opens each connection to its end: PyMongo's own pool loses one whose caller is cancelled while it opens."""

    _closing: ClassVar[set["asyncio.Task[None]"]] = set()

    async def connect(self, handler: Any = None) -> AsyncConnection:
        """Open a connection; one that nobody waits for any more is closed as soon as it is open."""
        opening = asyncio.ensure_future(super().connect(handler))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(self._let_go)
            raise

    def _let_go(self, opening: "asyncio.Task[AsyncConnection]") -> None:
        if opening.cancelled() or opening.exception():
            return
        closing = asyncio.ensure_future(opening.result().close_conn("nobody waits for it any more"))
        self._closing.add(closing)  # the event loop itself holds tasks weakly
        closing.add_done_callback(self._closing.discard)
