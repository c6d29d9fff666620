"""When a service's documents were last compared with the log as a whole, and what that found."""

from typing import Any, NamedTuple

from services.chassis.projection.store import DURABLE, SETTLED, translated

_ID = "last"


class Verified(NamedTuple):
    """A comparison of everything: when it began (ms), of which generation, and how many documents differed."""

    at: int
    collection: str
    records: int
    documents: int
    differing: int


class Verifications:
    """The newest comparison of one service."""

    def __init__(self, database: Any) -> None:
        self._kept = database.get_collection("verifications", write_concern=DURABLE, read_concern=SETTLED)

    async def note(self, verified: Verified) -> None:
        """Keep what was found; of two that run at once the one that ends last stands."""
        async with translated():
            await self._kept.replace_one({"_id": _ID}, verified._asdict(), upsert=True)

    async def last(self) -> Verified | None:
        async with translated():
            found = await self._kept.find_one({"_id": _ID}, {"_id": 0})
        return Verified(**found) if found else None
