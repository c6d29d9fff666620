"""Facts, positions and view of a document in one write, which takes only where nobody else has written since."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from contracts.facts import WHOLE_ROLLOUT, document_id
from services.chassis import clock
from services.chassis.projection.batch import Told, brought, split, unions
from services.chassis.projection.derivation import Whole
from services.chassis.projection.deriving import Deriving, wholes_of
from services.chassis.projection.documents import COMPARED, Amount, Document, Union, size_of
from services.chassis.projection.known import Known
from services.chassis.projection.store import Store
from services.chassis.projection.stored import Write

#: Documents in one write, and writes that may be under way while the next one is made.
CHUNK, UNDER_WAY = 200, 2
#: Documents derived before others get their turn in the event loop.
BREATH = 20


#: Stands for the mark of a document that does not exist.
ABSENT = ""


class Outcome(NamedTuple):
    """What found no room, and the documents that somebody else has written to meanwhile."""

    left_out: list[Told]
    contested: set[str]


NOTHING = Outcome([], set())


class OneWrite:
    """The way of nearly every batch: no reading of what is known, no reading back, one write of each document."""

    def __init__(self, *, store: Store, deriving: Deriving) -> None:
        self._store = store
        self._deriving = deriving
        self.known = Known(store)

    async def apply(self, collection: str, batch: Sequence[Told]) -> Outcome:
        """Make the batch part of its documents, but for contested ones, which may or may not hold it yet."""
        rollouts = {document_id(each.heard.rollout, None) for each in batch}
        documents = await self.known.take(collection, {*(each.document for each in batch), *rollouts})
        admitted, left_out = _admitted(batch, documents)
        touched = unions(admitted)
        contested = await self._write(collection, touched, documents, wholes_of(documents.values()))
        contested |= await self._contested_rollouts(collection, rollouts, documents)
        theirs = {each.id for each in touched if not contested.isdisjoint({each.id, _rollout(each)})}
        return Outcome([each for each in left_out if each.document not in theirs], theirs)

    async def _write(
        self, collection: str, touched: Sequence[Union], documents: Mapping[str, Document], wholes: Mapping[str, Whole]
    ) -> set[str]:
        """Derive and write chunk by chunk; while one is written, the next is made."""
        under_way: set[asyncio.Task[set[str]]] = set()
        contested: set[str] = set()
        try:
            for some in _chunks(touched):
                under_way.add(asyncio.create_task(self._write_some(collection, some, documents, wholes)))
                if len(under_way) == UNDER_WAY:
                    done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                    contested.update(*(each.result() for each in done))
            contested.update(*await asyncio.gather(*under_way))
        finally:
            for each in under_way:
                each.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
        return contested

    async def _write_some(
        self, collection: str, some: Sequence[Union], documents: Mapping[str, Document], wholes: Mapping[str, Whole]
    ) -> set[str]:
        mark = clock.new_id()
        writes: list[Write] = []
        after: list[Document] = []
        for position, union in enumerate(some):
            if position % BREATH == 0:
                await asyncio.sleep(0)
            before = documents.get(union.id)
            document, write = self._made(union, before, wholes)
            if write:
                writes.append(write)
            after.append(document._replace(mark=mark) if write else document)
        contested = await self._store.write(collection, writes, mark) if writes else set()
        self.known.keep(collection, (each for each in after if each.id not in contested))
        return contested

    def _made(
        self, union: Union, before: Document | None, wholes: Mapping[str, Whole]
    ) -> tuple[Document, Write | None]:
        """Return a document with what a batch adds, and how to write that; None where there is nothing new."""
        news = _news(union, before)
        document = _merged(news, before)
        progress = self._deriving.progress_of(document, wholes)
        shown = first_of(progress) if progress else document.progress
        if before and not news.facts and not news.positions and shown == first_of(before.progress):
            return document, None
        owed = before is not None and before.owed
        write = Write(news, progress, before.mark if before else None, exists=before is not None, owed=owed)
        return document._replace(progress=shown, owed=False), write

    async def _contested_rollouts(
        self, collection: str, rollouts: set[str], documents: Mapping[str, Document]
    ) -> set[str]:
        """Return the rollouts that somebody added facts to after they were read here.

        Whoever did so reads the municipalities' documents after that writing, and this looks after its own: at least
        one of the two sees both.
        """
        marks = await self._store.marks(collection, rollouts)
        known = {each: documents.get(each) or _none(each) for each in rollouts}
        changed = {each for each, document in known.items() if marks.get(each, ABSENT) != document.mark}
        self.known.keep(collection, (known[each] for each in rollouts - changed))
        return changed


def _admitted(batch: Sequence[Told], documents: Mapping[str, Document]) -> tuple[Sequence[Told], list[Told]]:
    """Split off what would overfill a document; hardly any batch comes near that."""
    held = {each: documents[each].facts if each in documents else {} for each in {told.document for told in batch}}
    near = any(
        Amount(more.facts + len(held[each]), more.bytes + size_of(held[each].values())).full
        for each, more in brought(batch).items()
    )
    return split(batch, held) if near else (batch, [])


def _news(union: Union, before: Document | None) -> Union:
    """Return what of a union the document does not hold yet."""
    if before is None:
        return union
    facts = {
        key: fact
        for key, fact in union.facts.items()
        if key not in before.facts or fact.place < before.facts[key].place
    }
    positions = {name: offset for name, offset in union.positions.items() if offset > before.positions.get(name, -1)}
    return union._replace(facts=facts, positions=positions)


def _merged(news: Union, before: Document | None) -> Document:
    if before is None:
        return Document(news.id, news.rollout, news.municipality, news.facts, news.positions, None)
    return before._replace(
        facts={**before.facts, **news.facts},
        positions={**before.positions, **news.positions},
        progress=first_of(before.progress),
    )


def first_of(progress: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the fields by which views are compared."""
    return {name: progress.get(name) for name in COMPARED} if progress else None


def _none(rollout: str) -> Document:
    """Return what stands for a rollout's document that does not exist."""
    return Document(rollout, rollout.partition(":")[0], WHOLE_ROLLOUT, {}, {}, None, mark=ABSENT)


def _rollout(union: Union) -> str:
    return document_id(union.rollout, None)


def _chunks(touched: Sequence[Union]) -> Iterator[Sequence[Union]]:
    return (touched[start : start + CHUNK] for start in range(0, len(touched), CHUNK))
