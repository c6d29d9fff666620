"""Documents divided by municipality, so that several processes or rounds can each fold a share of them."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from contracts.envelope import PREFIX
from contracts.facts import WHOLE_ROLLOUT
from contracts.municipalities import MUNICIPALITIES
from contracts.records import Record

CODES = tuple(sorted(MUNICIPALITIES))
MUNICIPALITY = f"{PREFIX}municipality"
_KEYS = {code.encode() for code in CODES}


class Selection(NamedTuple):
    """Which documents an operator means; what is None does not narrow."""

    rollout: str | None = None
    municipality: str | None = None

    def holds(self, document: str) -> bool:
        rollout, _, municipality = document.partition(":")
        return self.rollout in {None, rollout} and self.municipality in {None, municipality}

    @property
    def query(self) -> dict[str, Any]:
        """Return the selection, with the rollouts' own documents, by `_id` alone: other fields may be damaged."""
        rollout = "[^:]*" if self.rollout is None else re.escape(self.rollout)
        if self.municipality is None:
            return {} if self.rollout is None else {"_id": {"$regex": f"^{rollout}:"}}
        code = re.escape(self.municipality)
        return {"_id": {"$regex": f"^{rollout}:({code}|{re.escape(WHOLE_ROLLOUT)})$"}}


EVERYTHING = Selection()
#: What an operation may take in memory, all its processes together, unless said otherwise.
MEMORY_MB = 1_500


class Asked(NamedTuple):
    """What is asked for, when (milliseconds since 1970; a fact in the future then is none yet), and in what memory.

    `aside`: this process answers requests meanwhile, so that long work is another's.
    """

    now_ms: int
    selection: Selection = EVERYTHING
    memory_mb: int = MEMORY_MB
    aside: bool = False


class Share:
    """The `index`-th of `of` shares; the first has besides its municipalities all documents that are of none."""

    def __init__(self, index: int = 0, of: int = 1) -> None:
        self.index = index
        self.of = of
        self.codes = frozenset(CODES[index::of])

    def rounds(self, number: int) -> Iterator["Share"]:
        """Yield so many shares that together are this one."""
        return (Share(self.index + each * self.of, self.of * number) for each in range(number))

    def holds(self, document: str) -> bool:
        municipality = document.partition(":")[2]
        return self.is_of(municipality if municipality in MUNICIPALITIES else None)

    def is_of(self, municipality: str | None) -> bool:
        """Whether a municipality's facts are this share's; None: those of a rollout."""
        return municipality in self.codes or (self.index == 0 and municipality is None)

    def needs(self, record: Record) -> bool:
        """Whether a record may matter: its own, or what may be a rollout's."""
        return record.key in self._keys or self.may_be_a_rollouts(record)

    def owns(self, key: bytes | None) -> bool:
        """Whether a record with this key, if it is no fact, is this share's alone."""
        return key in self._keys or (self.index == 0 and key not in _KEYS)

    @staticmethod
    def may_be_a_rollouts(record: Record) -> bool:
        """Whether a record is not surely about one municipality; a rollout too may have a name of four digits."""
        return record.key not in _KEYS or not _names_municipality(record.headers)

    @property
    def query(self) -> dict[str, Any]:
        """Return this share's documents, and the rollouts' own, by `_id`."""
        if self.of == 1:
            return {}
        others = sorted(set(CODES) - self.codes)
        if self.index == 0:
            return {"_id": {"$not": {"$regex": f":({'|'.join(others)})$"}}}
        mine = "|".join([*sorted(self.codes), re.escape(WHOLE_ROLLOUT)])
        return {"_id": {"$regex": f":({mine})$"}}

    @cached_property
    def _keys(self) -> frozenset[bytes]:
        return frozenset(code.encode() for code in self.codes)


def _names_municipality(headers: Sequence[tuple[str, bytes | None]]) -> bool:
    """Whether a record says in a header that it is about one; in a structured event only its body does."""
    return MUNICIPALITY in dict(headers)


WHOLE = Share()
