"""Answers that were made before and would be made the same again: kept by what they rest on, up to so many bytes."""

from collections import OrderedDict
from collections.abc import Hashable

#: Bytes of all answers that are kept together: those of some hundred municipalities.
MOST_BYTES = 8_000_000


class Made:
    """The newest answer to each question; one that is asked again is kept longer than one that is not."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._answers: OrderedDict[Hashable, tuple[Hashable, bytes]] = OrderedDict()

    def get(self, asked: Hashable, rests_on: Hashable) -> bytes | None:
        """Return the answer that rests on the same; None where there is none, or nothing to know it by."""
        found = self._answers.get(asked)
        if rests_on is None or found is None or found[0] != rests_on:
            return None
        self._answers.move_to_end(asked)
        return found[1]

    def keep(self, asked: Hashable, rests_on: Hashable, content: bytes) -> bytes:
        """Keep an answer in the place of an older one, if it can be known again, and return it."""
        if asked in self._answers:
            self._bytes -= len(self._answers.pop(asked)[1])
        if rests_on is not None:
            self._answers[asked] = rests_on, content
            self._bytes += len(content)
        while self._bytes > self._most_bytes:
            _, (_, oldest) = self._answers.popitem(last=False)
            self._bytes -= len(oldest)
        return content
