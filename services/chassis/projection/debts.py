"""Views that are owed: far behind, facts are added without them, and they are made as soon as the service is level."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from typing import Any, Final

from contracts.facts import document_id
from services.chassis.errors import StoreUnavailableError
from services.chassis.log.consumer import BEHIND
from services.chassis.logs import logger
from services.chassis.metrics import Metrics
from services.chassis.projection.derivation import Derive
from services.chassis.projection.deriving import Deriving, wholes_of
from services.chassis.projection.documents import Document
from services.chassis.projection.store import Store
from services.chassis.projection.under_way import UnderWay

log = logger(__name__)

#: A service that has had no large batch for so long is level, unless more is known to wait; in seconds.
LEVEL_S: Final = 0.1
#: No view is owed for much longer than this, however far behind the service is; in seconds.
LONGEST_S: Final = 60.0
#: How often is looked, and how often for debts that nobody here made: a replica that ended may have left some.
LOOK_S: Final = 0.1
LOOK_FOR_OTHERS_S: Final = 15.0
#: Documents read and derived at once.
CHUNK: Final = 100


class Debts:
    """What one service owes its documents; several replicas may settle the same at once, and change nothing.

    `waiting` says how many records are known to be still to come, if any are.
    """

    def __init__(
        self, *, store: Store, derive: Derive, metrics: Metrics, waiting: Callable[[], int] = lambda: 0
    ) -> None:
        self._store = store
        self._waiting = waiting
        self._deriving = Deriving(derive, metrics)
        self._metrics = metrics
        self._growing = 0
        self._grown_at = self._looked_at = float("-inf")
        self._since: float | None = None

    @property
    def open(self) -> bool:
        """Whether this process has added facts whose views it has not made yet."""
        return self._since is not None

    @contextmanager
    def growing(self) -> Iterator[None]:
        """Say that documents are written meanwhile that will owe their views."""
        self._since = _now() if self._since is None else self._since
        self._growing += 1
        try:
            yield
        finally:
            self._growing -= 1
            self._grown_at = _now()

    async def watch(self) -> None:
        """Settle what is due for as long as the service runs; what an earlier process left, at once."""
        while True:
            if self._due():
                try:
                    await self.settle()
                except StoreUnavailableError as error:
                    log.warning("debts_held_up", detail=str(error))
            await asyncio.sleep(LOOK_S)

    async def settle(self) -> None:
        """Make every view that is owed now; those of documents that change meanwhile stay owed."""
        self._looked_at, before = _now(), self._since
        generations = (await self._store.generation()).in_writing_order
        made = sum([await self._settle(each) for each in generations])
        left = sum([await self._store.count_owed(each) for each in generations])
        self._metrics.views_owed.set(left)
        if not left and not self._growing and self._since == before:
            self._since = None
        if made:
            log.info("debts_settled", documents=made, left=left)

    def _due(self) -> bool:
        now = _now()
        if self._since is None:
            return now - self._looked_at > LOOK_FOR_OTHERS_S
        level = not self._growing and now - self._grown_at > LEVEL_S and self._waiting() < BEHIND
        return level or now - max(self._since, self._looked_at) > LONGEST_S

    async def _settle(self, collection: str) -> int:
        """Settle one generation; a chunk is derived while the one before is being written."""
        made = 0
        async with UnderWay[None]() as writing, aclosing(self._owing(collection)) as owing:
            async for documents in owing:
                views = await self._views(collection, documents)
                await writing.ended()
                writing.begin(self._store.settle(collection, views))
                made += len(views)
            await writing.ended()
        return made

    async def _owing(self, collection: str) -> AsyncGenerator[Sequence[Document], None]:
        """Yield the documents that owe their views, each once; the next ones are read while these are seen to."""
        async with UnderWay[list[Document]]() as reading:
            reading.begin(self._store.owed(collection, "", CHUNK))
            while documents := await reading.ended():
                reading.begin(self._store.owed(collection, documents[-1].id, CHUNK))
                yield documents

    async def _views(
        self, collection: str, documents: Sequence[Document]
    ) -> list[tuple[Document, Mapping[str, Any] | None]]:
        """Derive documents with their rollouts' facts, read later than they: what changes after that changes a mark."""
        rollouts = {document_id(each.rollout, None) for each in documents}
        wholes = wholes_of(await self._store.documents(collection, rollouts))
        views: list[tuple[Document, Mapping[str, Any] | None]] = []
        for each in documents:
            await asyncio.sleep(0)
            views.append((each, self._deriving.progress_of(each, wholes)))
        return views


def _now() -> float:
    return asyncio.get_running_loop().time()
