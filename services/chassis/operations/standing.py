"""How a service stands by its database: generation, parked records, last verify, last receipt, unfinished rebuild."""

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

from services.chassis.errors import StoreUnavailableError
from services.chassis.logs import logger
from services.chassis.metrics import StandingMetrics
from services.chassis.projection.generations import number_of
from services.chassis.projection.jobs import Job, Jobs, Kind
from services.chassis.projection.journal import Journal, JournalEntry
from services.chassis.projection.parked import Parked
from services.chassis.projection.store import Generation, Store
from services.chassis.projection.undertaking import Undertaking, Undertakings
from services.chassis.projection.verified import Verifications, Verified

log = logger(__name__)
EVERY_S, RETRY_S = 10, 2
#: What the journal knows; anything else is told as one, so that there are never more.
VERBS = ("rebuild", "rollback", "drop", "redrive", "discard")


class Found(NamedTuple):
    """What the database says."""

    generation: Generation
    parked: Mapping[str, int]
    verified: Verified | None
    receipt: JournalEntry | None
    operations: Mapping[str, int]
    rebuild: Undertaking | None
    jobs: Mapping[Kind, Job | None]


class Standing:
    """Looks now and then, for the metrics, and whenever somebody asks."""

    def __init__(self, database: Any, store: Store, parked: Parked, metrics: StandingMetrics) -> None:
        self._store = store
        self._parked = parked
        self._journal = Journal(database)
        self._verifications = Verifications(database)
        self._undertakings = Undertakings(database)
        self._jobs = Jobs(database)
        self._metrics = metrics

    async def look(self) -> Found:
        """Ask the database; StoreUnavailableError where it does not answer."""
        found = Found(
            generation=await self._store.generation(),
            parked=await self._parked.counts(),
            verified=await self._verifications.last(),
            receipt=await self._journal.last(),
            operations=_by_verb(await self._journal.counts()),
            rebuild=await self._undertakings.unfinished(),
            jobs={kind: await self._jobs.last(kind) for kind in Kind},
        )
        self._tell(found)
        return found

    async def watch(self) -> None:
        """Look again and again until cancelled; while MongoDB is away the metrics stay as they were."""
        while True:
            try:
                await self.look()
            except StoreUnavailableError as error:
                log.info("standing_unknown", detail=str(error))
                await asyncio.sleep(RETRY_S)
            else:
                await asyncio.sleep(EVERY_S)

    def _tell(self, found: Found) -> None:
        self._metrics.parked.clear()
        for reason, count in found.parked.items():
            self._metrics.parked.labels(reason).set(count)
        for what, count in found.operations.items():
            self._metrics.operations.labels(what).set(count)
        self._metrics.generation.set(number_of(found.generation.live))
        self._metrics.generations.set(len(found.generation.in_writing_order))
        self._metrics.rebuilding.set(1 if found.rebuild else 0)
        self._metrics.verified.set(found.verified.at / 1000 if found.verified else 0)
        self._metrics.agrees.set(0 if found.verified and found.verified.differing else 1)


def _by_verb(counts: Mapping[str, int]) -> dict[str, int]:
    told = dict.fromkeys((*VERBS, "other"), 0)
    for what, count in counts.items():
        told[what if what in VERBS else "other"] += count
    return told
