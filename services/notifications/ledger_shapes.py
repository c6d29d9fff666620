"""The shapes of what is asked and answered about the ledger; it holds no address, and so neither do they."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from services.chassis.doors.command_fields import Command, Spelled, example
from services.chassis.outward.ledger_entry import Fate
from services.chassis.queries.answer_shapes import Cursor
from services.chassis.queries.view_shape import Shown

Key = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Verdict(StrEnum):
    """What an operator knows of a notice: it arrived, it did not and is given up, or it is to be sent (again)."""

    SENT = "sent"
    FAILED = "failed"
    RETRY = "retry"


class Told(BaseModel):
    """What became of one notice; subject and revision are null where an older ledger had lost them."""

    notification_key: str
    template: str
    role: str = Field(description="A role of the municipality, or `eg` for the supplier side's function mailbox.")
    subject: str | None = Field(description="The id of what it is about.")
    revision: str | None
    state: Fate
    reason: str | None = Field(description="Why it failed, was suppressed, or is tried again later.")
    since: Shown
    first: Shown = Field(description="Since when it is in the ledger.")


class ToldPage(BaseModel):
    """Notices of one municipality, the latest change first."""

    items: list[Told]
    next: str | None = Cursor


class Kept(Told):
    """One entry as operations see it."""

    rollout: str
    municipality: str
    attempts: int
    told: bool = Field(description="Whether its outcome stands on the log.")
    mark: str | None = Field(
        description="Stands for the address that it went to: the same mark, the same address; null where no key is set."
    )
    by: str | None = Field(description="The operator who decided, or `facts` where it was restored from the log.")


class LedgerGate(BaseModel):
    """Whether mails may leave."""

    reason: str | None = Field(description="Why nothing is sent until an operator says so; null: mails may leave.")
    restored: int = Field(description="Entries that were missing from the ledger and known to the log.")


class LedgerPage(BaseModel):
    """Entries, the latest change first, with how many are in each state."""

    items: list[Kept]
    next: str | None = Cursor
    counts: dict[Fate, int]
    gate: LedgerGate


class Resolve(Command):
    """What an operator says of notices, or that mails may leave although the ledger had lost entries."""

    model_config = example(
        keys=["7c1f9a52d8be4c0f8a3b6a1e5d2f4c90"], verdict="sent", who="Vagt 1", why="Set i postkassen"
    )

    keys: list[Key] = Field(default=[], max_length=500, description="Which notices.")
    verdict: Annotated[Verdict | None, Spelled] = Field(None, description="What is known of them.")
    reopen: bool = Field(False, description="Let mails leave again, after the restored ledger was looked at.")
    who: Name
    why: Name
    execute: bool = Field(False, description="Do it; without this only the plan is answered.")

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if bool(self.keys) != (self.verdict is not None) or self.reopen == bool(self.keys):
            raise ValueError("say either `keys` with a `verdict`, or `reopen`")
        return self


class Resolved(BaseModel):
    """What becomes, or would become, of one notice; `after` is null where the verdict does not fit its state."""

    notification_key: str
    before: Fate | None = Field(description="Null: there is no such notice.")
    after: Fate | None


class Resolution(BaseModel):
    """The plan, or with `executed` what was done."""

    executed: bool
    items: list[Resolved]
    reopened: bool
