"""What a pure decision is given, and what it answers: an event, a fact that says so already, or why there is none."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from contracts.events import Event
from contracts.facts import Fact
from contracts.refusals import FieldError
from contracts.settle import Settled
from services.chassis.errors import ConflictError, InvalidRequestError, KlarmeldError, NotFoundError


class Situation(NamedTuple):
    """What is known when a command arrives; `now` is an instant of fixed width."""

    own: Settled
    whole: Settled
    progress: dict[str, Any]
    now: str


class Why(StrEnum):
    """The kinds of refusal, each with a status of its own at the HTTP edge."""

    CONFLICT = "conflict"
    INVALID = "invalid"
    UNKNOWN = "unknown"


class Refused(NamedTuple):
    """Why a command makes no event: one sentence with what happened, when, and the remedy."""

    why: Why
    detail: str
    errors: tuple[FieldError, ...] = ()

    def error(self) -> KlarmeldError:
        """Return the error that HTTP answers with."""
        kinds = {Why.CONFLICT: ConflictError, Why.INVALID: InvalidRequestError, Why.UNKNOWN: NotFoundError}
        return kinds[self.why](self.detail, self.errors)


#: What a command comes to: an event to tell, the fact that says so already, or why there is none.
Decision = Event | Fact | Refused


def conflict(detail: str) -> Refused:
    """Return a refusal because of what has happened already."""
    return Refused(Why.CONFLICT, detail)


def invalid(pointer: str, detail: str) -> Refused:
    """Return a refusal because of one field; `pointer` names it in the command's body."""
    return Refused(Why.INVALID, detail, (FieldError(pointer, detail),))


def unknown(detail: str) -> Refused:
    """Return a refusal because what the command is about does not exist."""
    return Refused(Why.UNKNOWN, detail)


def unless_said(event: Event, said: Sequence[Fact]) -> Event | Fact:
    """Return the last of `said`, earliest first, where it says what `event` would say; else the event."""
    if said and said[-1].data == event.model_dump(mode="json", exclude_none=True):
        return said[-1]
    return event
