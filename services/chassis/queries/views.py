"""One municipality's view, made at reading time from the facts that are really there."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, NamedTuple

from contracts.explain import explain, explain_tracks
from contracts.facts import document_id
from contracts.instants import to_milliseconds
from contracts.municipalities import MUNICIPALITIES
from contracts.progress import RULES
from contracts.settle import Settled, settle
from services.chassis.errors import InvalidRequestError, NotFoundError, PositionNotReachedError
from services.chassis.projection.documents import Document
from services.chassis.projection.store import Store

Derive = Callable[[Settled, Settled], dict[str, Any]]

#: A waiting reader looks for its position at growing intervals, in seconds: most positions are reached at once.
LOOK_AFTER_S = (0.002, 0.003, 0.005, 0.01, 0.02, 0.05)
_POSITION = re.compile(r"(agreements|notifications|tasks)-(\d{1,9})-(\d{1,18})", re.ASCII)


class Position(NamedTuple):
    """A place on the log, as in `agreements-3-1042`."""

    partition: str
    offset: int


class Moment(NamedTuple):
    """Which moment a reader asks about: what held at `as_of`, as known at `known_at` (instants of fixed width)."""

    as_of: str | None = None
    known_at: str | None = None


NOW = Moment()


@dataclass(frozen=True)
class Pair:
    """The two documents that a municipality's view rests on; either may not exist yet."""

    own: Document | None
    rollout: Document | None

    @property
    def positions(self) -> dict[str, int]:
        """The highest offset by partition applied to the municipality or to its rollout's own facts."""
        merged: dict[str, int] = {}
        for document in (self.own, self.rollout):
            for name, offset in (document.positions if document else {}).items():
                merged[name] = max(merged.get(name, -1), offset)
        return dict(sorted(merged.items()))

    @property
    def derived(self) -> bool:
        """Whether the stored view, which lists and searches read, was made from all these facts."""
        if self.own is None:
            return True
        held = len(self.own.facts) + len(self.rollout.facts if self.rollout else ())
        return self.own.progress is not None and self.own.progress["facts"] >= held

    def settled(self, moment: Moment) -> tuple[Settled, Settled]:
        known_at = to_milliseconds(moment.known_at) if moment.known_at else None
        own, rollout = (settle(each.facts.values() if each else (), known_at) for each in (self.own, self.rollout))
        return (own.until(moment.as_of), rollout.until(moment.as_of)) if moment.as_of else (own, rollout)


class Views:
    """What one service shows of a municipality."""

    def __init__(self, *, store: Store, derive: Derive, shows_ean_conflicts: bool) -> None:
        self._store = store
        self._derive = derive
        self._shows_ean_conflicts = shows_ean_conflicts

    async def pair(self, rollout: str, municipality: str) -> Pair:
        """Return the documents of a municipality; NotFoundError for a code or a rollout that does not exist."""
        if municipality not in MUNICIPALITIES:
            raise NotFoundError("There is no such municipality in this rollout.")
        pair = await self._store.of_live(lambda live: self._pair(live, rollout, municipality))
        if pair is None:
            raise NotFoundError("There is no such municipality in this rollout.")
        return pair

    async def _pair(self, live: str, rollout: str, municipality: str) -> Pair | None:
        """Return the documents of a municipality; None for a rollout that nothing is known of."""
        ids = (document_id(rollout, municipality), document_id(rollout, None))
        found = {each.id: each for each in await self._store.documents(live, ids)}
        if not found and not await self._store.knows_rollout(live, rollout):
            return None
        return Pair(found.get(ids[0]), found.get(ids[1]))

    async def whole(self, rollout: str) -> Pair:
        """Return the rollout's own document alone; a rollout that nothing is known of has none."""
        ids = (document_id(rollout, None),)
        found = await self._store.of_live(lambda live: self._store.documents(live, ids))
        return Pair(None, found[0] if found else None)

    async def pair_after(
        self, rollout: str, municipality: str, after: Position, wait_s: float, *, derived: bool = False
    ) -> Pair:
        """Return the documents once they include `after`; PositionNotReachedError when `wait_s` has passed.

        The stored view is written a moment after the facts: `derived` waits for that one too.
        """
        if municipality not in MUNICIPALITIES:
            raise NotFoundError("There is no such municipality in this rollout.")
        return await _reached(lambda: self.pair(rollout, municipality), after, wait_s, derived=derived)

    async def whole_after(self, rollout: str, after: Position, wait_s: float) -> Pair:
        """Return the rollout's own document once it includes `after`; PositionNotReachedError like `pair_after`."""
        return await _reached(lambda: self.whole(rollout), after, wait_s)

    async def view(self, rollout: str, municipality: str, pair: Pair, moment: Moment = NOW) -> dict[str, Any]:
        """Return the JSON of a view."""
        progress = self.progress(pair, moment)
        view = {
            "rollout": rollout,
            "municipality": municipality,
            "name": MUNICIPALITIES[municipality].name,
            "positions": pair.positions,
            "ean_conflicts": await self._ean_conflicts(rollout, municipality, progress),
            "progress": progress,
        }
        return view | {key: value for key, value in moment._asdict().items() if value}

    def progress(self, pair: Pair, moment: Moment) -> dict[str, Any]:
        """Return `progress` as it was at a moment."""
        own, whole = pair.settled(moment)
        return {"rules": RULES, "facts": len(own.facts) + len(whole.facts), **self._derive(own, whole)}

    def explanation(self, pair: Pair, path: str) -> dict[str, Any]:
        """Return the facts and the rule behind one value; UnknownPathError where this service shows none."""
        own, whole = pair.settled(NOW)
        return explain(own, whole, path, derive=self._derive)

    def explanations(self, pair: Pair) -> list[dict[str, Any]]:
        """Return the facts and the rule behind each track that this service shows."""
        own, whole = pair.settled(NOW)
        return explain_tracks(own, whole, derive=self._derive)

    async def _ean_conflicts(self, rollout: str, municipality: str, progress: Mapping[str, Any]) -> list[str]:
        eans = sorted(progress["tracks"]["forwarding"]["eans"]) if self._shows_ean_conflicts else []
        if not eans:
            return []
        return await self._store.of_live(lambda live: self._store.elsewhere(live, rollout, municipality, eans))


async def _reached(
    look: Callable[[], Awaitable[Pair]], after: Position, wait_s: float, *, derived: bool = False
) -> Pair:
    """Look again and again until the documents include `after`, or exist at all."""
    loop = asyncio.get_running_loop()
    end = loop.time() + wait_s
    pauses = chain(LOOK_AFTER_S, repeat(LOOK_AFTER_S[-1]))
    while True:
        try:
            pair = await look()
        except NotFoundError:
            if loop.time() >= end:
                raise
        else:
            if pair.positions.get(after.partition, -1) >= after.offset and (pair.derived or not derived):
                return pair
        if loop.time() >= end:
            raise PositionNotReachedError(
                f"The view does not include {after.partition}-{after.offset} after {wait_s:g} s; ask again, "
                "or look whether the record was about another municipality, or parked.",
                retry_after=1,
            )
        await asyncio.sleep(next(pauses))


def read_position(text: str) -> Position:
    """Return the position in `agreements-3-1042`; InvalidRequestError says what is expected."""
    match = _POSITION.fullmatch(text)
    if match is None:
        raise InvalidRequestError("`after` is a position like agreements-3-1042, as a command's answer gives it.")
    topic, partition, offset = match.groups()
    return Position(f"{topic}-{int(partition)}", int(offset))


def as_json(body: Mapping[str, Any]) -> bytes:
    """Return JSON as every answer and every live event has it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
