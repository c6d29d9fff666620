"""One municipality's view, made at reading time from the facts that are really there."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from contracts.explain import explain, explain_tracks
from contracts.facts import document_id
from contracts.instants import to_milliseconds
from contracts.municipalities import MUNICIPALITIES
from contracts.progress import RULES
from contracts.settle import Settled, settle
from services.chassis.errors import NotFoundError
from services.chassis.projection.documents import Document
from services.chassis.projection.store import Store
from services.chassis.queries.positions import Position, reached

Found = TypeVar("Found")
Derive = Callable[[Settled, Settled], dict[str, Any]]


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

    def includes(self, position: Position) -> bool:
        return self.positions.get(position.partition, -1) >= position.offset

    @property
    def derived(self) -> bool:
        """Whether the stored view, which lists and searches read, was made from all these facts."""
        if self.own is None:
            return True
        held = len(self.own.facts) + len(self.rollout.facts if self.rollout else ())
        return self.own.progress is not None and self.own.progress["facts"] >= held

    def settled(self, moment: Moment) -> tuple[Settled, Settled]:
        own, rollout = self._all if moment.known_at is None else self._known_at(to_milliseconds(moment.known_at))
        return (own.until(moment.as_of), rollout.until(moment.as_of)) if moment.as_of else (own, rollout)

    @cached_property
    def _all(self) -> tuple[Settled, Settled]:
        """The same, made once: all that one answer shows rests on it."""
        return self._known_at(None)

    def _known_at(self, known_at: int | None) -> tuple[Settled, Settled]:
        own, rollout = (settle(each.facts.values() if each else (), known_at) for each in (self.own, self.rollout))
        return own, rollout


class Shown(NamedTuple):
    """The JSON of a view, and the documents that it was made of."""

    pair: Pair
    view: dict[str, Any]


class Views:
    """What one service shows of a municipality."""

    def __init__(self, *, store: Store, derive: Derive, shows_ean_conflicts: bool) -> None:
        self._store = store
        self._derive = derive
        self._shows_ean_conflicts = shows_ean_conflicts

    async def pair(self, rollout: str, municipality: str) -> Pair:
        """Return the documents of a municipality; NotFoundError for a code or a rollout that does not exist."""
        return await self._found(municipality, lambda live: self._pair(live, rollout, municipality))

    async def shown(self, rollout: str, municipality: str, moment: Moment = NOW) -> Shown:
        """Return the view of a municipality at a moment and its documents; NotFoundError like `pair`."""
        return await self._found(municipality, lambda live: self._shown(live, rollout, municipality, moment))

    async def _found(self, municipality: str, read: Callable[[str], Awaitable[Found | None]]) -> Found:
        found = await self._store.of_live(read) if municipality in MUNICIPALITIES else None
        if found is None:
            raise NotFoundError("There is no such municipality in this rollout.")
        return found

    async def _shown(self, live: str, rollout: str, municipality: str, moment: Moment) -> Shown | None:
        pair = await self._pair(live, rollout, municipality)
        return Shown(pair, await self._view(live, rollout, municipality, pair, moment)) if pair else None

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

    async def shown_after(
        self, rollout: str, municipality: str, after: Position, wait_s: float, moment: Moment = NOW
    ) -> Shown:
        """Return the view once it and the stored view include `after`; PositionNotReachedError after `wait_s`.

        The stored view is written a moment after the facts. Who has seen a position here also sees it in the roll-up
        and the lists, which read stored views.
        """
        if municipality not in MUNICIPALITIES:
            raise NotFoundError("There is no such municipality in this rollout.")
        documents = (document_id(rollout, municipality), document_id(rollout, None))
        with self._store.arrivals.of(documents) as arrival:
            return await reached(
                lambda: self.shown(rollout, municipality, moment),
                lambda shown: shown.pair.includes(after) and shown.pair.derived,
                after,
                arrival=arrival,
                wait_s=wait_s,
            )

    async def whole_after(self, rollout: str, after: Position, wait_s: float) -> Pair:
        """Return the rollout's own document once it includes `after`; PositionNotReachedError like `shown_after`."""
        with self._store.arrivals.of([document_id(rollout, None)]) as arrival:
            return await reached(
                lambda: self.whole(rollout), lambda pair: pair.includes(after), after, arrival=arrival, wait_s=wait_s
            )

    async def _view(self, live: str, rollout: str, municipality: str, pair: Pair, moment: Moment) -> dict[str, Any]:
        progress = self.progress(pair, moment)
        view = {
            "rollout": rollout,
            "municipality": municipality,
            "name": MUNICIPALITIES[municipality].name,
            "positions": pair.positions,
            "ean_conflicts": await self._store.elsewhere(live, rollout, municipality, self._eans(progress)),
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

    def _eans(self, progress: Mapping[str, Any]) -> list[str]:
        return sorted(progress["tracks"]["forwarding"]["eans"]) if self._shows_ean_conflicts else []


def as_json(body: Mapping[str, Any]) -> bytes:
    """Return JSON as every answer and every live event has it."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
