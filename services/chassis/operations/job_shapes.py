"""The shapes of what operations ask and are told about verify, rebuild and generations; more fields may be added."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.chassis.operations.status_shape import JobProgress, UnfinishedRebuild, progress_told, unfinished_told
from services.chassis.projection.generations import Change, generation_as_json
from services.chassis.projection.jobs import Job
from services.chassis.replay.rebuild import Plan

_SIGNED: dict[str, Any] = {"who": "drift", "why": "After the new rules"}


class Signed(BaseModel):
    """Who wants something, and why; both are kept in the journal."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_SIGNED]})

    who: str = Field(min_length=1, max_length=200, pattern=r"\S", description="Who wants it.")
    why: str = Field(min_length=1, max_length=2_000, pattern=r"\S", description="And why.")


class Planned(BaseModel):
    """What is asked for: the plan alone, or with `execute`, `who` and `why` the deed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"execute": False}]})

    execute: bool = Field(False, description="Do it; otherwise the answer says what would be done.")
    who: str | None = Field(None, min_length=1, max_length=200, pattern=r"\S", description="Who wants it.")
    why: str | None = Field(None, min_length=1, max_length=2_000, pattern=r"\S", description="And why.")

    @model_validator(mode="after")
    def _is_signed(self) -> Self:
        if self.execute and (self.who is None or self.why is None):
            raise ValueError("say who wants it and why; both are kept in the journal")
        return self


class Going(Planned):
    """Which generation to go back to."""

    to: str | None = Field(None, max_length=40, description="The last one before the live one unless said otherwise.")


class Dropping(Planned):
    """Which generation to drop."""

    generation: str = Field(max_length=40, examples=["progress_1"])

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"generation": "progress_1"}]})


class Named(Signed):
    """Which generation is meant."""

    generation: str = Field(max_length=40, description="As it was seen; 409 where another one waits.")

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_SIGNED | {"generation": "progress_2"}]})


class JobTold(JobProgress):
    """One job with what it found."""

    result: dict[str, Any] | None = Field(description="What it found, once done; at most the first 500 differences.")


class VerifyTold(BaseModel):
    """The last verify that was asked for over HTTP."""

    job: JobTold | None


class RebuildTold(BaseModel):
    """The last rebuild that was asked for over HTTP, and what is unfinished, whoever began it."""

    job: JobTold | None
    unfinished: UnfinishedRebuild | None


class RebuildPlan(BaseModel):
    """What a rebuild would do."""

    executed: bool
    records: int
    seconds: int
    live: str
    also: list[str]
    unfinished: UnfinishedRebuild | None


class Pointed(BaseModel):
    """What becomes of the generations."""

    executed: bool
    before: dict[str, Any] = Field(examples=[{"live": "progress_2", "also": ["progress_1"]}])
    after: dict[str, Any] = Field(examples=[{"live": "progress_1", "also": ["progress_2"]}])


class Aborted(BaseModel):
    """What was given up."""

    generation: str | None = Field(description="Null where no generation had been begun.")


def job_told(job: Job | None) -> dict[str, Any] | None:
    """Return a job as its shape has it."""
    said = progress_told(job)
    return said and job and {**said, "result": job.result}


def plan_told(plan: Plan) -> dict[str, Any]:
    """Return the plan of a rebuild as its shape has it."""
    said = {"executed": False, "records": plan.records, "seconds": plan.seconds}
    return {**said, **generation_as_json(plan.generation), "unfinished": unfinished_told(plan.unfinished)}


def pointed_told(change: Change, *, executed: bool) -> dict[str, Any]:
    """Return a change of the pointer as its shape has it."""
    before, after = (generation_as_json(each) for each in change)
    return {"executed": executed, "before": before, "after": after}
