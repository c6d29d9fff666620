"""The shape of the answer about how a service stands, for the API document; more fields may be added."""

from pydantic import BaseModel, Field

from services.chassis.projection.undertaking import Phase
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
    parked: ParkedNow
    verified: LastVerify | None = Field(description="Null where everything was never verified.")
    receipt: LastReceipt | None = Field(description="Null where operations have changed nothing yet.")


class Status(Readiness):
    """How a service stands."""

    rules: int = Field(description="The version of the rules that this process derives by.")
    database: Known | None = Field(description="Null while MongoDB does not answer.")
