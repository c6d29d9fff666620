"""The shapes of the answers about parked records, for the API documents; more fields may be added."""

from typing import Any

from pydantic import BaseModel, Field

from contracts.refusals import Reason
from services.chassis.projection.parked_choice import State
from services.chassis.queries.answer_shapes import Cursor
from services.chassis.queries.view_shape import Shown
from services.chassis.replay.redrive import RedriveOutcome


class WrongField(BaseModel):
    """One field that is wrong."""

    pointer: str
    detail: str


class ParkedItem(BaseModel):
    """A record that could not be a fact; key, value and header values are base64 of its bytes, or null."""

    id: str = Field(description="Its place on the log.", examples=["agreements-3-1042"])
    topic: str
    partition: int
    offset: int
    recorded: Shown
    reason: Reason
    detail: str
    errors: list[WrongField]
    type: str | None = Field(description="The type of event that it says it is.")
    state: State
    attempts: int = Field(description="How often it was tried again.")
    tries: list[dict[str, Any]] = Field(description="The latest tries: who, why, when and the outcome.")
    key: str | None
    value: str | None
    headers: list[tuple[str, str | None]]


class ParkedPage(BaseModel):
    """A page of parked records, newest first."""

    items: list[ParkedItem]
    next: str | None = Cursor


class ParkedGroup(BaseModel):
    """Records parked for one reason, of one type, on one topic."""

    reason: Reason
    type: str | None
    topic: str
    count: int
    attempts: int
    first: Shown
    latest: Shown


class ParkedGroups(BaseModel):
    """A count for each reason, type and topic, the newest first."""

    items: list[ParkedGroup]


class TriedRecord(BaseModel):
    """What a try makes, or would make, of one record."""

    id: str
    outcome: RedriveOutcome
    reason: str
    detail: str


class Tries(BaseModel):
    """The plan, or what was done: counts by outcome, and each record."""

    executed: bool
    fingerprint: str = Field(description="Send it back with `who` and `why` to have this plan carried out.")
    selected: int
    processed: int
    known: int
    failed: int
    discarded: int
    records: list[TriedRecord]
