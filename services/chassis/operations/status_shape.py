"""The shape of the answer about how a service stands, for the API document; more fields may be added."""

from typing import Any

from pydantic import BaseModel, Field

from contracts.instants import from_milliseconds, shown
from services.chassis.projection.jobs import Job, Kind, State
from services.chassis.projection.undertaking import Phase, Undertaking
from services.chassis.queries.answer_shapes import Readiness
from services.chassis.queries.view_shape import Shown


class WrittenTo(BaseModel):
    """The generation that readers see, and those that are written with it."""

    live: str
    also: list[str]


class UnfinishedRebuild(BaseModel):
    """A rebuild that somebody began; the same command finishes it."""

    collection: str
    phase: Phase
    began: str


class JobProgress(BaseModel):
    """Long work that was asked for over HTTP, as far as it has come."""

    state: State
    who: str
    why: str
    began: Shown
    latest: Shown = Field(description="When it was last heard of, or ended.")
    step: str = Field(description="What is being done, as the command line says it.", examples=["reading"])
    done: int
    total: int
    per_second: int = Field(description="How much of the step is done in a second.")
    left_s: int | None = Field(description="How long the rest of the step takes at that pace; null while unknown.")
    detail: str | None = Field(description="Why it failed.")


class ParkedNow(BaseModel):
    """Records that are set aside now."""

    total: int
    reasons: dict[str, int]


class LastVerify(BaseModel):
    """The last time that everything was compared with the log."""

    at: Shown
    collection: str
    records: int
    documents: int
    differing: int = Field(description="How many documents differed.")


class LastReceipt(BaseModel):
    """The newest entry of the journal."""

    seq: int
    at: Shown
    who: str
    why: str
    what: str


class Known(BaseModel):
    """What the database says."""

    generation: WrittenTo
    rebuild: UnfinishedRebuild | None
    jobs: dict[Kind, JobProgress | None] = Field(description="The last of each kind; null where there was none.")
    parked: ParkedNow
    verified: LastVerify | None = Field(description="Null where everything was never verified.")
    receipt: LastReceipt | None = Field(description="Null where operations have changed nothing yet.")


class Status(Readiness):
    """How a service stands."""

    rules: int = Field(description="The version of the rules that this process derives by.")
    database: Known | None = Field(description="Null while MongoDB does not answer.")


def progress_told(job: Job | None) -> dict[str, Any] | None:
    """Return a job as its shape has it."""
    if job is None:
        return None
    said = {name: getattr(job, name) for name in ("state", "who", "why", "step", "done", "total", "left_s", "detail")}
    times = {"began": shown(from_milliseconds(job.began)), "latest": shown(from_milliseconds(job.beat))}
    return {**said, **times, "per_second": round(job.pace)}


def unfinished_told(unfinished: Undertaking | None) -> dict[str, Any] | None:
    """Return an unfinished rebuild as its shape has it."""
    if unfinished is None:
        return None
    return {"collection": unfinished.collection, "phase": unfinished.phase, "began": unfinished.began}
