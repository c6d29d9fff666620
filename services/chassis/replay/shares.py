"""Documents divided by municipality, so that several processes or rounds can each fold a share of them."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from aiokafka.partitioner import murmur2  # noqa: TID251  where clients put a key, and no client

from contracts.envelope import PREFIX
from contracts.facts import WHOLE_ROLLOUT
from contracts.municipalities import MUNICIPALITIES
from contracts.records import Record
from contracts.topics import PARTITIONS

CODES = tuple(sorted(MUNICIPALITIES))
MUNICIPALITY = f"{PREFIX}municipality"
_KEYS = {code.encode() for code in CODES}


class Selection(NamedTuple):
    """Which documents an operator means; what is None does not narrow."""

    rollout: str | None = None
    municipality: str | None = None

    def holds(self, document: str) -> bool:
        if self.rollout is None and self.municipality is None:
            return True
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

    `aside`: this process answers requests meanwhile, so that long work is another's, and no more than one.
    """

    now_ms: int
    selection: Selection = EVERYTHING
    memory_mb: int = MEMORY_MB
    aside: bool = False


class Share:
    """The documents of some municipalities; the first share has all documents besides that are of none.

    `partitions` is where the usual client puts what these municipalities are about: a share's facts may stand
    elsewhere too.
    """

    def __init__(self, codes: Iterable[str], *, first: bool, partitions: Iterable[int]) -> None:
        self.codes = frozenset(codes)
        self.first = first
        self._partitions = frozenset(partitions)

    def rounds(self, number: int) -> Iterator["Share"]:
        """Yield so many shares that together are this one."""
        codes = sorted(self.codes)
        for each in range(number):
            yield Share(codes[each::number], first=self.first and each == 0, partitions=self._partitions)

    def reads(self, partition: int) -> bool:
        """Whether most of what stands in this partition of each topic is this share's."""
        return partition % PARTITIONS in self._partitions

    def holds(self, document: str) -> bool:
        municipality = document.partition(":")[2]
        return self.is_of(municipality if municipality in MUNICIPALITIES else None)

    def is_of(self, municipality: str | None) -> bool:
        """Whether a municipality's facts are this share's; None: those of a rollout."""
        return municipality in self.codes or (self.first and municipality is None)

    def needs(self, record: Record) -> bool:
        """Whether a record may matter: its own, or what may be a rollout's."""
        return record.key in self._keys or self.may_be_a_rollouts(record)

    def owns(self, key: bytes | None) -> bool:
        """Whether a record with this key, if it is no fact, is this share's alone."""
        return key in self._keys or (self.first and key not in _KEYS)

    def alone_needs(self, record: Record) -> bool:
        """Whether a record surely matters to no other share."""
        return record.key in self._keys and not self.may_be_a_rollouts(record)

    @staticmethod
    def may_be_a_rollouts(record: Record) -> bool:
        """Whether a record is not surely about one municipality; a rollout too may have a name of four digits.

        In a structured event only its body says whose it is.
        """
        return record.key not in _KEYS or (MUNICIPALITY, record.key) not in record.headers

    @property
    def query(self) -> dict[str, Any]:
        """Return this share's documents, and the rollouts' own, by `_id`."""
        others = sorted(set(CODES) - self.codes)
        if self.first and not others:
            return {}
        if self.first:
            return {"_id": {"$not": {"$regex": f":({'|'.join(others)})$"}}}
        mine = "|".join([*sorted(self.codes), re.escape(WHOLE_ROLLOUT)])
        return {"_id": {"$regex": f":({mine})$"}}

    @cached_property
    def _keys(self) -> frozenset[bytes]:
        return frozenset(code.encode() for code in self.codes)


def shares(number: int) -> list[Share]:
    """Return so many shares that together are everything, each of about as many municipalities."""
    homes: dict[int, list[str]] = {partition: [] for partition in range(PARTITIONS)}
    for code in CODES:
        homes[_home(code)].append(code)
    found: list[tuple[list[str], list[int]]] = [([], []) for _ in range(number)]
    for partition, codes in sorted(homes.items(), key=lambda each: -len(each[1])):
        mine, partitions = min(found, key=lambda each: len(each[0]))
        mine += codes
        partitions.append(partition)
    return [Share(mine, first=not index, partitions=of) for index, (mine, of) in enumerate(found)]


def _home(code: str) -> int:
    """Return the partition that Java's and aiokafka's clients choose for a municipality."""
    return int(murmur2(code.encode()) & 0x7FFFFFFF) % PARTITIONS


WHOLE = Share(CODES, first=True, partitions=range(PARTITIONS))
