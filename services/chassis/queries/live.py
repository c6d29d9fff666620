"""Views as they change: a change stream wakes the channels, and each reader gets the newest view, never an older."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from contracts.facts import WHOLE_ROLLOUT, document_id
from services.chassis.errors import StoreUnavailableError
from services.chassis.logs import logger
from services.chassis.projection.store import Store
from services.chassis.queries.views import as_json
from services.chassis.web.unchanged import etag_of

log = logger(__name__)
Render = Callable[[], Awaitable[dict[str, Any]]]
RETRY_S = 1.0


class Shown(NamedTuple):
    """A view as its readers get it: JSON text, its ETag without quotes, and the number of changes that it includes."""

    text: str
    etag: str
    version: int


class Channel:
    """The readers of one view share its rendering; a reader that is slow skips what came in between."""

    def __init__(self, render: Render) -> None:
        self._render = render
        self._version = 0
        self._shown: Shown | None = None
        self._rendering = asyncio.Lock()
        self._changed = asyncio.Condition()
        self.readers = 0

    async def touch(self) -> None:
        """Say that the view has changed."""
        async with self._changed:
            self._version += 1
            self._changed.notify_all()

    async def current(self) -> Shown:
        """Return the view with every change so far in it."""
        async with self._rendering:
            if self._shown is None or self._shown.version < self._version:
                version = self._version
                content = as_json(await self._render())
                self._shown = Shown(content.decode(), etag_of(content).strip('"'), version)
            return self._shown

    async def after(self, version: int) -> None:
        """Wait for a change later than `version`."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._version > version)


class Live:
    """The channels of one service, kept while somebody reads them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._channels: dict[str, Channel] = {}
        self.closing = asyncio.Event()

    @property
    def readers(self) -> int:
        return sum(each.readers for each in self._channels.values())

    @asynccontextmanager
    async def channel(self, key: str, render: Render) -> AsyncIterator[Channel]:
        """Return the channel of a view, which `render` makes when it has changed; `key` is a document's id."""
        channel = self._channels.setdefault(key, Channel(render))
        channel.readers += 1
        try:
            with self._store.arrivals.listeners.one_more():
                yield channel
        finally:
            channel.readers -= 1
            if not channel.readers:
                self._channels.pop(key, None)

    def written(self, key: str) -> list[str]:
        """Return the context in which the view's document was written last, where this process did it."""
        return self._store.written.by(key)

    async def watch(self) -> None:
        """Follow the projection's changes while anybody listens; after a gap every channel is looked at again."""
        listeners = self._store.arrivals.listeners
        while True:
            await listeners.come()
            try:
                async for key in self._store.changes(listeners.are_there):
                    if key:
                        self._store.arrivals.tell([key])  # written by another replica, maybe
                    await self._wake(key)
                await asyncio.sleep(0)
            except StoreUnavailableError as error:
                log.warning("changes_interrupted", detail=str(error))
                await asyncio.sleep(RETRY_S)

    async def _wake(self, key: str | None) -> None:
        """Touch the channels that a changed document shows in: its own, and its rollout's; all of them for None."""
        if key is None:
            touched = set(self._channels)
        else:
            rollout = document_id(key.partition(":")[0], None)
            touched = {key, rollout} & self._channels.keys()
            if key.endswith(f":{WHOLE_ROLLOUT}"):
                touched |= {each for each in self._channels if each.startswith(key.removesuffix(WHOLE_ROLLOUT))}
        for each in touched:
            await self._channels[each].touch()
