"""All municipalities of a rollout side by side, and what they add up to."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import Any, Final, Literal

from contracts.municipalities import MUNICIPALITIES
from contracts.rollup import rollup
from contracts.settle import Settled, settle
from services.chassis import clock
from services.chassis.errors import NotFoundError
from services.chassis.projection.store import Store
from services.chassis.projection.stored_views import StoredViews, stored_views
from services.chassis.queries.selection import Row, Selection, as_csv
from services.chassis.queries.views import Derive, as_json

Progress = Mapping[str, Any]
Form = Literal["json", "csv"]

#: What a row of the overview, and the roll-up, are made from: the less is read, the sooner it is shown.
FIELDS = (
    "stage",
    "turn",
    "anomalies.code",
    *(f"tracks.{track}.state" for track in ("orientation", "agreement", "forwarding", "task")),
    *(f"tracks.information.{name}" for name in ("guidance", "webinar", "invited")),
    "tracks.agreement.batches",
    "tracks.forwarding.eans",
)
#: So many rollouts are remembered, those asked for last, and so many answers about each.
MOST_ROLLOUTS: Final = 8
MOST_ANSWERS: Final = 16


class Overviews:
    """What one service shows of a rollout, from the stored views of its municipalities.

    They are read every time, so that nobody sees an older one than somebody saw before; what was made of them is
    remembered for as long as the same bytes are read.
    """

    def __init__(self, *, store: Store, derive: Derive) -> None:
        self._store = store
        self._derive = derive
        self._remembered: OrderedDict[str, Overview] = OrderedDict()

    async def of(self, rollout: str) -> "Overview":
        """Return the rollout's overview as it stands; NotFoundError for an unknown rollout."""
        stored = await self._store.of_live(partial(self._stored, rollout))
        if not any(stored):
            raise NotFoundError("There is no such rollout.")
        known = self._remembered.pop(rollout, None)
        found = known if known and known.stored == stored else Overview(rollout, stored, self._derive)
        self._remembered[rollout] = found
        if len(self._remembered) > MOST_ROLLOUTS:
            self._remembered.popitem(last=False)
        return found

    async def _stored(self, rollout: str, live: str) -> StoredViews:
        return await stored_views(self._store, live, rollout, FIELDS)


class Overview:
    """One rollout's rows and figures, made from the stored views when they are asked for."""

    def __init__(self, rollout: str, stored: StoredViews, derive: Derive) -> None:
        self.rollout = rollout
        self.stored = stored
        self._derive = derive
        self.remembered: dict[tuple[Selection, Form], bytes] = {}

    def answer(self, selection: Selection, form: Form) -> bytes:
        """Return one row for each chosen municipality of the 98, as JSON or as a spreadsheet."""
        if selection.older_than is not None:
            return self._made(selection, form)  # it changes with the day
        known = self.remembered.get((selection, form))
        if known is None:
            known = self._made(selection, form)
            if len(self.remembered) == MOST_ANSWERS:
                self.remembered.clear()
            self.remembered[selection, form] = known
        return known

    @cached_property
    def rollup(self) -> dict[str, Any]:
        """`{"rollout", "rollup"}`: goal and result apart, and the proofs over the whole rollout."""
        return {"rollout": self.rollout, "rollup": rollup(self._own, self._progress)}

    def _made(self, selection: Selection, form: Form) -> bytes:
        rows = selection.of(self._rows, clock.now())
        return as_csv(rows) if form == "csv" else as_json({"rollout": self.rollout, "items": rows})

    @cached_property
    def _rows(self) -> Sequence[Row]:
        return [_row(code, self._progress[code]) for code in MUNICIPALITIES]

    @cached_property
    def _own(self) -> Settled:
        document = self.stored.rollout
        return settle(document.facts.values() if document else ())

    @cached_property
    def _progress(self) -> dict[str, Progress]:
        stored, unheard = self.stored.progress, self._derive(_NOTHING, self._own)
        return {code: stored.get(code) or unheard for code in MUNICIPALITIES}


_NOTHING = settle(())


def _row(code: str, progress: Progress) -> dict[str, Any]:
    municipality = MUNICIPALITIES[code]
    return {
        "municipality": code,
        "name": municipality.name,
        "region": municipality.region,
        "stage": progress["stage"],
        "since": progress["turn"]["primary"]["since"],
        "turn": progress["turn"],
        "oriented": progress["tracks"]["orientation"]["state"] == "oriented",
        "receiving": progress["stage"] == "receiving",
        "tracks": {name: _state(track) for name, track in progress["tracks"].items()},
        "anomalies": sorted({anomaly["code"] for anomaly in progress["anomalies"]}),
    }


def _state(track: Progress) -> Any:
    """Return the state of a track; information has two, of the guidance and of the webinar."""
    return track["state"] if "state" in track else {"guidance": track["guidance"], "webinar": track["webinar"]}
