"""Two generations side by side: a digest of each view in both, document by document at the same position."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from enum import StrEnum
from hashlib import blake2b
from typing import Any, NamedTuple, assert_never

from services.chassis.projection.held import Held
from services.chassis.projection.scanning import again, in_order
from services.chassis.projection.target import Subject
from services.chassis.replay.judging import LOOK_AGAIN_S, Tell
from services.chassis.replay.rebuild_changes import shown

#: So often two documents are looked at again whose positions differ; a batch between the two writes takes far less.
LOOKS = 20
BITS = 128


class View(StrEnum):
    """What readers see of a generation."""

    STATUS = "status"
    HISTORY = "history"
    EANS = "eans"


class Twins(NamedTuple):
    """The digests of two generations by view, and how many municipalities' status differs between them."""

    live: Mapping[str, str]
    new: Mapping[str, str]
    changes: int


class Pair(NamedTuple):
    """One document in both generations; None where one does not have it."""

    name: str
    live: Held | None
    new: Held | None

    @property
    def at_one_position(self) -> bool:
        return _positions(self.live) == _positions(self.new)

    @property
    def changes(self) -> bool:
        whole = any(each and each.whole_rollout for each in (self.live, self.new))
        return not whole and _seen(self.live, View.STATUS) != _seen(self.new, View.STATUS)


async def twins(subject: Subject, live: str, new: str, tell: Tell) -> Twins:
    """Read both generations whole; a document that one has more of is read again until both have the same."""
    sums: tuple[Counter[View], Counter[View]] = (Counter(), Counter())
    changes, done = 0, 0
    async for pairs in _pairs(subject, live, new):
        for pair in pairs:
            changes += pair.changes
            for total, held in zip(sums, (pair.live, pair.new), strict=True):
                _add(total, pair.name, held)
        done += len(pairs)
        tell("comparing", done, done)
    ours, theirs = ({each.value: _hex(total[each]) for each in View} for total in sums)
    return Twins(ours, theirs, changes)


async def _pairs(subject: Subject, live: str, new: str) -> AsyncIterator[Sequence[Pair]]:
    """Yield each document that either has, once."""
    seen: set[str] = set()
    for collection, all_of_it in ((new, True), (live, False)):
        async for chunk in in_order(subject.store, collection):
            names = {each.id: each.stored["_id"] for each in chunk if all_of_it or each.id not in seen}
            seen |= names.keys()
            yield await _settled(subject, live, new, names)


async def _settled(subject: Subject, live: str, new: str, names: Mapping[str, Any]) -> list[Pair]:
    """Return the documents of these names, each as it is in both generations at one position, if it comes to that."""
    settled: list[Pair] = []
    left = dict(names)
    for look in range(LOOKS):
        if not left:
            break
        # The live one first: what is in it is in the other already, so that few pairs need a second look.
        ours = await again(subject.store, live, left)
        theirs = await again(subject.store, new, left)
        pairs = [Pair(name, ours.get(name), theirs.get(name)) for name in left]
        done = pairs if look == LOOKS - 1 else [each for each in pairs if each.at_one_position]
        settled += done
        left = {name: left[name] for name in left.keys() - {each.name for each in done}}
        if left:
            await asyncio.sleep(LOOK_AGAIN_S)
    return settled


def _add(total: Counter[View], name: str, held: Held | None) -> None:
    for view in View:
        said = json.dumps([name, _seen(held, view)], sort_keys=True, ensure_ascii=False, default=str)
        # A sum, so that the order in which documents are read makes no difference.
        total[view] += int.from_bytes(blake2b(said.encode(), digest_size=BITS // 8).digest())


def _seen(held: Held | None, view: View) -> Any:
    if held is None:
        return None
    progress = held.progress or {}
    match view:
        case View.STATUS:
            return shown(progress)
        case View.HISTORY:
            return held.entries
        case View.EANS:
            tracks = progress.get("tracks")
            return tracks.get("forwarding") if isinstance(tracks, Mapping) else None
    assert_never(view)


def _positions(held: Held | None) -> Mapping[str, Any]:
    return held.positions if held else {}


def _hex(total: int) -> str:
    return f"{total % 2**BITS:0{BITS // 4}x}"
