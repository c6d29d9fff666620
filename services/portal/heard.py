"""What the services answered lately, so that what has not changed since is neither sent nor read again."""

from collections import OrderedDict
from typing import Any, NamedTuple

#: Any JSON object.
Json = dict[str, Any]
#: Answers that are kept: the pages of all municipalities and some more.
MOST = 400
#: For so long, in seconds, a service that was there is not asked again whether it is.
SEEN_S = 1.0


class Answer(NamedTuple):
    """An answer that may still be right: whether it is, its service says by the ETag."""

    etag: str | None
    body: Json


class Heard:
    """The answers by what was asked, whoever asked: it is for the service to say who may have them."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._answers: OrderedDict[object, Answer] = OrderedDict()

    def get(self, asked: object) -> Answer | None:
        """Return what was heard before, or None."""
        if asked in self._answers:
            self._answers.move_to_end(asked)
        return self._answers.get(asked)

    def keep(self, asked: object, answer: Answer) -> Answer:
        """Keep an answer that its service can tell again by its ETag, and return it."""
        if answer.etag is None:
            self._answers.pop(asked, None)
            return answer
        self._answers[asked] = answer
        self._answers.move_to_end(asked)
        if len(self._answers) > self._most:
            self._answers.popitem(last=False)
        return answer


class Seen:
    """Which services were there, and when; of one that was not nothing is kept, so that it is back at once."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}

    def lately(self, address: str, now: float) -> bool:
        """Return whether it was there a moment before `now`, in seconds by any steady clock."""
        return now - self._at.get(address, float("-inf")) < SEEN_S

    def note(self, address: str, now: float) -> None:
        """Keep that it was there."""
        self._at[address] = now
