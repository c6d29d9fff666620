"""A rebuild that was begun: how far it has come, kept where the next try finds it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from pymongo.errors import DuplicateKeyError

from services.chassis.errors import ConflictError
from services.chassis.log.log_reader import Offsets, Partition
from services.chassis.projection.store import DURABLE, SETTLED, translated

_ID = "rebuild"


class Phase(StrEnum):
    """`folding`: the new generation is not whole yet; `folded`: it holds everything before its fence.

    `built`: it is written with the live one, was found to be what the log says, and waits for its swap.
    """

    FOLDING = "folding"
    FOLDED = "folded"
    BUILT = "built"


class Undertaking(NamedTuple):
    """One try of a rebuild: its own id, the generation that it makes, and the fence up to which that is whole.

    `found`, of one that is built: what the comparison with the log counted.
    """

    attempt: str
    collection: str
    phase: Phase
    fence: Offsets
    began: str
    found: Mapping[str, int] = {}

    @property
    def whole(self) -> bool:
        return self.phase is not Phase.FOLDING


class Undertakings:
    """The unfinished rebuild of one service, if there is one; a new try takes it over, and the older one loses."""

    def __init__(self, database: Any) -> None:
        self._kept = database.get_collection("rebuilds", write_concern=DURABLE, read_concern=SETTLED)

    async def unfinished(self) -> Undertaking | None:
        async with translated():
            found = await self._kept.find_one({"_id": _ID})
        return _read(found) if found else None

    async def take(self, before: Undertaking | None, now: Undertaking) -> None:
        """Put `now` in the place of `before`; ConflictError where another command did something about it meanwhile."""
        async with translated():
            if before is None:
                await self._insert(now)
                return
            query = {"_id": _ID, "attempt": before.attempt}
            if await self._kept.find_one_and_replace(query, _stored(now)) is None:
                raise _overtaken()

    async def _insert(self, now: Undertaking) -> None:
        try:
            await self._kept.insert_one(_stored(now))
        except DuplicateKeyError:
            raise _overtaken() from None

    async def end(self, undertaking: Undertaking, *, session: Any) -> None:
        """Forget a rebuild in the transaction that ends it; ConflictError where that is no more its to do."""
        async with translated():
            ended = await self._kept.delete_one({"_id": _ID, "attempt": undertaking.attempt}, session=session)
        if not ended.deleted_count:
            raise _overtaken()


def _overtaken() -> ConflictError:
    return ConflictError(
        "Another command took this rebuild over or gave it up; this one ends, and what is live is as it was."
    )


def _stored(undertaking: Undertaking) -> dict[str, Any]:
    fence = [[*partition, offset] for partition, offset in undertaking.fence.items()]
    return {"_id": _ID, **undertaking._asdict(), "phase": str(undertaking.phase), "fence": fence}


def _read(found: Mapping[str, Any]) -> Undertaking:
    fence = {Partition(topic, partition): offset for topic, partition, offset in found["fence"]}
    phase, counts = Phase(found["phase"]), found.get("found", {})
    return Undertaking(found["attempt"], found["collection"], phase, fence, found["began"], counts)
