"""What operations may see of a service's own book-keeping: its generations, and its journal with the chain checked."""

from dataclasses import asdict

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.chassis.projection.generations import GenerationRow, Holder, listed
from services.chassis.projection.journal import Journal, JournalEntry, breaks
from services.chassis.queries.answers import tagged

#: Newest entries that one answer shows; the chain is checked over all of them.
MOST_SHOWN = 200


class GenerationList(BaseModel):
    """Every generation, the newest first."""

    items: list[GenerationRow]


class JournalPage(BaseModel):
    """The latest entries, newest first, and where the chain of all of them does not hold."""

    items: list[JournalEntry]
    entries: int = Field(description="How many there are in all.")
    breaks: list[str] = Field(description="A sentence for each place where the chain does not hold; none is well.")


def records_kept(holder: Holder) -> APIRouter:
    """Return `GET /v1/admin/generations` and `/journal`."""
    router = APIRouter(prefix="/v1/admin", tags=["operations"])
    journal = Journal(holder.database)

    @router.get("/generations", summary="The generations of the documents", response_model=GenerationList)
    async def generations() -> Response:
        return tagged({"items": [asdict(each) for each in await listed(holder)]}, None)

    @router.get("/journal", summary="What operators changed, with the chain checked", response_model=JournalPage)
    async def changes() -> Response:
        entries = await journal.entries()
        newest = [asdict(each) for each in reversed(entries[-MOST_SHOWN:])]
        return tagged({"items": newest, "entries": len(entries), "breaks": [*breaks(entries)]}, None)

    return router
