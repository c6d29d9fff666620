"""The shape of one agreement's audit trail, for the API document; more fields may be added."""

from typing import Literal

from pydantic import BaseModel, Field

from contracts.events import Supplier
from services.chassis.queries.answer_shapes import TimelineFact
from services.chassis.queries.view_shape import Code, Shown


class SentDocument(BaseModel):
    """The document to be signed."""

    title: str
    version: int
    sha256: str


class TrailFact(TimelineFact):
    """One fact of the trail: what was said by which role or system."""

    what: str = Field(examples=["AgreementSent"])
    who: str = Field(examples=["aftaleadministrator"])


class Trail(BaseModel):
    """One agreement: how it stands, and who said what about it, oldest first."""

    rollout: str
    municipality: Code
    agreement_id: str
    state: Literal["sent", "delivered", "viewed", "bounced", "signed", "declined", "expired", "voided", "terminated"]
    since: Shown | None
    reason: str | None = Field(description="Why it bounced, was declined, voided or terminated.")
    sent: Shown | None
    document: SentDocument | None
    supplier: Supplier | None
    sign_by: str | None
    batch_id: str | None
    supersedes: str | None
    superseded_by: list[str]
    facts: list[TrailFact]
