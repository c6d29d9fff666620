"""Which span wrote a document last, so that a page which shows it is found from the event; kept while traced only."""

from collections.abc import Iterable

from services.chassis import tracing

#: Documents that are remembered: those written last.
MOST = 2_000


class Written:
    """The last writing of each document by this process; another replica's is not known here."""

    def __init__(self) -> None:
        self._by: dict[str, str] = {}

    def note(self, documents: Iterable[str]) -> None:
        """Remember that the current span writes `documents`; said before writing, since readers hear of it at once."""
        for context in tracing.outgoing().values():
            for each in documents:
                self._by.pop(each, None)
                self._by[each] = context
            for each in list(self._by)[: max(0, len(self._by) - MOST)]:
                del self._by[each]

    def by(self, document: str) -> list[str]:
        """Return the context in which the document was written last; none where that is not known."""
        return [self._by[document]] if document in self._by else []
