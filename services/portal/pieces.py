"""Pieces of pages that are made once of an answer, and used again for as long as its service says that it holds."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from markupsafe import Markup

#: Answers whose pieces are kept: the pages of all municipalities, in both languages.
MOST = 200
#: Returns a piece by its name: the one of before, or what the second makes, which is a block `call` of a template.
Piece = Callable[[str, Callable[[], Markup]], Markup]


class Pieces:
    """The pieces of answers by what those answers are; who may see them is judged with each answer, before."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._made: OrderedDict[Hashable, dict[str, Markup]] = OrderedDict()

    def of(self, made_of: Hashable) -> Piece:
        """Return what makes or finds the pieces of one answer; of None each is made anew."""
        if made_of is None:
            return _anew
        made = self._made.setdefault(made_of, {})
        self._made.move_to_end(made_of)
        if len(self._made) > self._most:
            self._made.popitem(last=False)

        def piece(name: str, caller: Callable[[], Markup]) -> Markup:
            if name not in made:
                made[name] = caller()
            return made[name]

        return piece


def _anew(_name: str, caller: Callable[[], Markup]) -> Markup:
    return caller()
