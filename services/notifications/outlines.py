"""What the facts of every municipality come to, kept between two looks: only what has changed is read again."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from contracts.facts import document_id
from services.chassis.logs import logger
from services.chassis.outward.ledger_entry import Entry
from services.chassis.projection.documents import Document
from services.chassis.projection.marks import marks
from services.chassis.projection.store import Place, Store
from services.notifications.outcomes import entries_in
from services.notifications.owing.case import Outline, outline_of

log = logger(__name__)
CHUNK = 50


class Look(NamedTuple):
    """One municipality at one moment: its outline, and the outcomes that its facts tell of."""

    outline: Outline
    outcomes: tuple[Entry, ...]


class Outlines:
    """All municipalities of all rollouts, as the live generation shows them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._marks: dict[Place, str] = {}
        self._looks: dict[Place, Look] = {}

    async def look(self) -> Sequence[Place]:
        """Bring every look up to date and return which have changed."""
        changed = await self._store.of_live(self._look)
        return [place for place in changed if place in self._looks]

    def looks(self, places: Collection[Place] | None = None) -> Iterator[Look]:
        """Return the looks at these places, or all."""
        return (self._looks[place] for place in (self._looks if places is None else places))

    async def _look(self, collection: str) -> Sequence[Place]:
        found = await marks(self._store, collection)
        changed = sorted(place for place, mark in found.items() if self._marks.get(place) != mark)
        for start in range(0, len(changed), CHUNK):
            await self._read(collection, changed[start : start + CHUNK])
        for gone in self._looks.keys() - found.keys():
            del self._looks[gone]
        self._marks = found
        return changed

    async def _read(self, collection: str, places: Sequence[Place]) -> None:
        ids = {document_id(*place) for place in places} | {document_id(place.rollout, None) for place in places}
        documents = {each.id: each for each in await self._store.documents(collection, ids)}
        for place in places:
            self._take(place, documents)
            await asyncio.sleep(0)

    def _take(self, place: Place, documents: Mapping[str, Document]) -> None:
        """Look at one municipality; where its rules fail it is owed nothing, and the others are owed as ever."""
        own, whole = documents.get(document_id(*place)), documents.get(document_id(place.rollout, None))
        facts = list(own.facts.values()) if own else []
        try:
            outline = outline_of(*place, facts, whole.facts.values() if whole else ())
            self._looks[place] = Look(outline, tuple(entries_in(*place, facts)))
        except Exception:
            self._looks.pop(place, None)
            log.exception("not_looked_at", document=document_id(*place))
