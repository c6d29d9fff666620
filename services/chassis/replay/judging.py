"""Judges the documents of one generation by the log: what differs at first sight may still be on its way."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from contracts.facts import document_id
from contracts.topics import partition_name
from services.chassis.log.log_reader import Offsets
from services.chassis.projection.derivation import NO_ROLLOUT, Whole, stale_in
from services.chassis.projection.fingerprint import fingerprint
from services.chassis.projection.held import Held
from services.chassis.projection.scanning import CHUNK, again, in_order
from services.chassis.projection.target import Subject
from services.chassis.replay.comparison import Bounds, Difference, compare, missing
from services.chassis.replay.shares import EVERYTHING, WHOLE, Selection, Share
from services.chassis.replay.traces import NO_TRACE, Traces

#: What is being done, how much of it, and of how much.
Tell = Callable[[str, int, int], None]
#: Returns what stands for a document's bytes; None for one that is not built like a projection document.
Print = Callable[[bytes], bytes | None]

#: A differing document is looked at again after this, and for the last time when the service has stood still for the
#: second, or at the latest after the third. In seconds.
LOOK_AGAIN_S, STANDSTILL_S, LONGEST_S = 0.25, 5.0, 60.0


@dataclass(frozen=True, kw_only=True)
class Case:
    """A generation, and the traces that it is judged by; they reach from `start` to before `fence`."""

    subject: Subject
    collection: str
    traces: Traces
    start: Offsets
    fence: Offsets
    share: Share = WHOLE
    #: What documents that are known to be right, views and all, have for a fingerprint, and how that is taken.
    right: Mapping[str, bytes] = field(default_factory=dict)
    print_of: Print = fingerprint
    selection: Selection = EVERYTHING

    def holds(self, document: str) -> bool:
        return self.share.holds(document) and self.selection.holds(document)

    def knows(self, held: Held) -> bool:
        """Whether a document is known to be right as it is."""
        return held.id in self.right and self.print_of(held.raw) == self.right[held.id]

    async def bounds(self) -> Bounds:
        """Return what can be judged of documents that have been read before this is called."""
        return Bounds(named(self.start), named(self.fence), named(await self.subject.reader.ends()))

    async def applied(self) -> dict[str, int]:
        """Return how far the service has come, by the partition's name."""
        return named(await self.subject.reader.committed(self.subject.group))

    def differences(self, document: str, held: Held | None, whole: Whole, bounds: Bounds) -> list[Difference]:
        trace = self.traces.documents.get(document, NO_TRACE)
        stale = stale_in(held, whole, self.subject.derive) if held else []
        return compare(document, held, trace, bounds, stale)


class FullDocument(NamedTuple):
    """A document that takes no more: how many facts it holds, and how many more the log says."""

    document: str
    held: int
    left_out: int


@dataclass
class FirstSight:
    """What a first reading of all documents shows; `suspects` are the ids of those that differ, by their names.

    `missing` are the documents that are not there although the service has applied all that the log says of them.
    """

    suspects: dict[str, Any] = field(default_factory=dict)
    missing: list[Difference] = field(default_factory=list)
    full: list[FullDocument] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


async def first_sight(case: Case, tell: Tell) -> FirstSight:
    """Read every document once."""
    sight, whole, of = FirstSight(), NO_ROLLOUT, ""
    applied = await case.applied()
    async for chunk in in_order(case.subject.store, case.collection, case.share.query, case.selection.query):
        bounds: Bounds | None = None
        for held in chunk:
            if held.whole_rollout:
                whole, of = Whole(list(held.facts.values())), held.rollout
            if not case.holds(held.id):
                continue
            sight.seen.add(held.id)
            if not case.knows(held):
                bounds = bounds or await case.bounds()
                _look(case, held, whole if of == held.rollout else NO_ROLLOUT, bounds, sight)
        tell("comparing", len(sight.seen), len(case.traces.documents))
    for each in case.traces.documents.keys() - sight.seen:
        trace = case.traces.documents[each]
        if trace.facts and _applied(trace.positions, applied):
            sight.missing.append(missing(each, trace))
        elif trace.facts:
            sight.suspects[each] = each
    return sight


def _look(case: Case, held: Held, whole: Whole, bounds: Bounds, sight: FirstSight) -> None:
    if case.differences(held.id, held, whole, bounds):
        sight.suspects[held.id] = held.stored["_id"]
    if held.full:
        said = case.traces.documents.get(held.id, NO_TRACE).facts
        left_out = sum(key.hex() not in held.entries for key in said)
        sight.full.append(FullDocument(held.id, len(held.entries), left_out))


async def persisting(case: Case, suspects: Mapping[str, Any], tell: Tell) -> list[Difference]:
    """Look again at what differed, until it agrees or everything that it needs had been applied before the look."""
    left, found = dict(suspects), list[Difference]()
    patience = _Patience()
    while left:
        applied = await case.applied()
        last = patience.ends(applied, len(left))
        for names in _chunks(sorted(left)):
            for name, differences, due in await _looked_again(case, {each: left[each] for each in names}):
                if not differences or last or _applied(due, applied):
                    found += differences
                    del left[name]
            tell("looking again", len(suspects) - len(left), len(suspects))
        if left:
            await asyncio.sleep(LOOK_AGAIN_S)
    return found


async def _looked_again(
    case: Case, some: Mapping[str, Any]
) -> list[tuple[str, list[Difference], dict[str, int] | None]]:
    """Return of each document what differs now, and the positions that its rightness may wait for.

    None: it owes its view, which no position says anything about.
    """
    held = await again(case.subject.store, case.collection, some)
    bounds = await case.bounds()
    looked = []
    for name in some:
        own, rollout = held.get(name), held.get(document_id(name.partition(":")[0], None))
        whole = Whole(list(rollout.facts.values())) if rollout else NO_ROLLOUT
        due = _highest(
            case.traces.documents.get(name, NO_TRACE).positions,
            own.positions if own else {},
            rollout.positions if rollout else {},
        )
        owed = own is not None and own.owed
        looked.append((name, case.differences(name, own, whole, bounds), None if owed else due))
    return looked


class _Patience:
    """Knows when waiting for a service makes no sense any more."""

    def __init__(self) -> None:
        self._began = self._moved = asyncio.get_running_loop().time()
        self._seen: tuple[Mapping[str, int], int] = ({}, 0)

    def ends(self, applied: Mapping[str, int], left: int) -> bool:
        now = asyncio.get_running_loop().time()
        if (applied, left) != self._seen:
            self._seen, self._moved = (applied, left), now
        return now - self._moved > STANDSTILL_S or now - self._began > LONGEST_S


def _highest(*positions: Mapping[str, Any]) -> dict[str, int]:
    merged: dict[str, int] = {}
    for each in positions:
        for name, offset in each.items():
            if isinstance(offset, int):
                merged[name] = max(merged.get(name, -1), offset)
    return merged


def _applied(due: Mapping[str, int] | None, applied: Mapping[str, int]) -> bool:
    """Whether a service that has come so far has done everything that it does about these positions."""
    return due is not None and all(offset < applied.get(name, 0) for name, offset in due.items())


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[start : start + CHUNK] for start in range(0, len(names), CHUNK))


def named(offsets: Offsets) -> dict[str, int]:
    """Return offsets by the partition's name, as documents have them."""
    return {partition_name(*each): offset for each, offset in offsets.items()}
