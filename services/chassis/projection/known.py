"""Documents that a projector remembers between batches; whether they are still as it knows them, their marks say."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Final

from services.chassis.projection.documents import Document
from services.chassis.projection.store import Store

#: So many facts are remembered at most, of the documents touched last: about 55 MB.
MOST_FACTS: Final = 60_000


class Known:
    """The documents of some collections, by collection and id. What is forgotten is read again: never wrong, slower."""

    def __init__(self, store: Store, most_facts: int = MOST_FACTS) -> None:
        self._store = store
        self._most = most_facts
        self._held = 0
        self._documents: OrderedDict[tuple[str, str], Document] = OrderedDict()

    async def take(self, collection: str, ids: Iterable[str]) -> dict[str, Document]:
        """Return documents and forget them, for whoever takes them writes them; those that don't exist are left out."""
        asked = set(ids)
        found = dict(self._taken(collection, asked))
        missing = asked - found.keys()
        read = await self._store.documents(collection, missing) if missing else []
        return found | {each.id: each for each in read}

    def keep(self, collection: str, documents: Iterable[Document]) -> None:
        """Remember documents as they stand in the collection, with the marks that they carry."""
        for each in documents:
            self._forget(collection, each.id)
            self._documents[collection, each.id] = each
            self._held += _weight(each)
        while self._held > self._most:
            _, oldest = self._documents.popitem(last=False)
            self._held -= _weight(oldest)

    def forget(self, collection: str, ids: Iterable[str]) -> None:
        """Forget documents that are written to in another way."""
        for each in ids:
            self._forget(collection, each)

    def keep_only(self, collections: Iterable[str]) -> None:
        """Forget the documents of every other collection."""
        kept = set(collections)
        for each in [each for each in self._documents if each[0] not in kept]:
            self._forget(*each)

    def _taken(self, collection: str, ids: Iterable[str]) -> Iterator[tuple[str, Document]]:
        for each in ids:
            document = self._forget(collection, each)
            if document:
                yield each, document

    def _forget(self, collection: str, document: str) -> Document | None:
        found = self._documents.pop((collection, document), None)
        if found:
            self._held -= _weight(found)
        return found


def _weight(document: Document) -> int:
    return 1 + len(document.facts)
