"""All municipalities of a rollout side by side, and what they add up to."""

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.facts import document_id
from contracts.municipalities import MUNICIPALITIES
from contracts.rollup import rollup
from contracts.settle import Settled, settle
from services.chassis import clock
from services.chassis.errors import NotFoundError
from services.chassis.projection.documents import Document
from services.chassis.projection.store import Store
from services.chassis.queries.selection import Row, Selection
from services.chassis.queries.views import Derive

Progress = Mapping[str, Any]

#: What a row of the overview, and what the roll-up, is made from: the less is read, the sooner it is shown.
ROW_FIELDS = (
    "stage",
    "turn",
    "anomalies.code",
    *(f"tracks.{track}.state" for track in ("orientation", "agreement", "forwarding", "task")),
    *(f"tracks.information.{name}" for name in ("guidance", "webinar")),
)
ROLLUP_FIELDS = (
    "stage",
    "tracks.orientation.state",
    "tracks.agreement.batches",
    "tracks.information.invited",
    "tracks.forwarding.eans",
)


class Overviews:
    """What one service shows of a rollout, from the stored views of its municipalities."""

    def __init__(self, *, store: Store, derive: Derive) -> None:
        self._store = store
        self._derive = derive

    async def rows(self, rollout: str, selection: Selection) -> list[Row]:
        """Return one row for each chosen municipality of the 98."""
        _, progress = await self._read(rollout, ROW_FIELDS)
        return selection.of((_row(code, progress[code]) for code in MUNICIPALITIES), clock.now())

    async def rollup(self, rollout: str) -> dict[str, Any]:
        """Return `{"rollout", "rollup"}`: goal and result apart, and the proofs over the whole rollout."""
        own, progress = await self._read(rollout, ROLLUP_FIELDS)
        return {"rollout": rollout, "rollup": rollup(own, progress)}

    async def _read(self, rollout: str, fields: Sequence[str]) -> tuple[Settled, dict[str, Progress]]:
        """Return the rollout's own facts and every municipality's progress; NotFoundError for an unknown rollout."""
        stored, whole = await self._store.of_live(lambda live: self._stored(live, rollout, fields))
        if not stored and not whole:
            raise NotFoundError("There is no such rollout.")
        own = settle(whole[0].facts.values() if whole else ())
        unheard = self._derive(_NOTHING, own)
        return own, {code: stored.get(code) or unheard for code in MUNICIPALITIES}

    async def _stored(
        self, live: str, rollout: str, fields: Sequence[str]
    ) -> tuple[dict[str, dict[str, Any]], list[Document]]:
        stored = await self._store.progress_of_rollout(live, rollout, fields)
        return stored, await self._store.documents(live, [document_id(rollout, None)])


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
