"""A command's way: look at the view, decide, publish, and answer with the position and the view that includes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError

from contracts import codec
from contracts.codec import NewEvent
from contracts.events import Event
from contracts.facts import Fact, document_id
from contracts.refusals import FieldError, RefusedError
from contracts.topics import Topic, partition_name
from services.chassis import clock, tracing
from services.chassis.doors.decision import Decision, Refused, Situation
from services.chassis.doors.happened import happened
from services.chassis.doors.retries import Turns, key_of, told_before
from services.chassis.errors import (
    ConflictError,
    InvalidRequestError,
    LogUnavailableError,
    NotFoundError,
    PositionNotReachedError,
)
from services.chassis.log.publisher import Publisher
from services.chassis.projection.documents import Document
from services.chassis.queries.overview import Overviews
from services.chassis.queries.positions import read_position
from services.chassis.queries.views import NOW, Pair, Views
from services.chassis.web.problem import field_errors

#: How long an answer waits for the view that includes its event, in seconds.
VISIBLE_WITHIN_S = 5

Decide = Callable[[Situation], Decision]


class Told(NamedTuple):
    """An event on the log."""

    event_id: str
    position: str


@dataclass(frozen=True, kw_only=True)
class Commands:
    """Carries out the commands of one service, onto its own topic and under its own source."""

    topic: Topic
    source: str
    views: Views
    overviews: Overviews
    publisher: Publisher
    turns: Turns = field(default_factory=Turns)
    #: Whether a command may say that it holds from an earlier time; see `past_commands` of the settings.
    past: bool = False

    async def carry_out(
        self,
        request: Request,
        rollout: str,
        municipality: str,
        decide: Decide,
        warnings: Sequence[FieldError] = (),
    ) -> JSONResponse:
        """Answer 202 with `{event_id, position, view}`, and warnings if any; a refusal is raised, nothing published."""
        async with self.turns.of(document_id(rollout, municipality)):
            pair = await self.views.pair(rollout, municipality)
            situation = self.situation(pair, happened(request, past=self.past))
            told = await self._tell(request, (rollout, municipality), pair.own, decide, situation)
            view = await self._view_with(rollout, municipality, told)
        location = f"/v1/rollouts/{rollout}/municipalities/{municipality}?after={told.position}"
        return _accepted(told, view, location, warnings)

    async def carry_out_whole(self, request: Request, rollout: str, decide: Decide) -> JSONResponse:
        """Answer a command about a whole rollout; `view` is its roll-up, and a new rollout comes to be by it."""
        async with self.turns.of(document_id(rollout, None)):
            pair = await self.views.whole(rollout)
            situation = self.situation(pair, happened(request, past=self.past))
            told = await self._tell(request, (rollout, None), pair.rollout, decide, situation)
            view = await self._rollup_with(rollout, told)
        return _accepted(told, view, f"/v1/rollouts/{rollout}")

    def situation(self, pair: Pair, at: str) -> Situation:
        """Return what is known of a municipality now, or of a rollout alone, for a decision that holds from `at`."""
        own, whole = pair.settled(NOW)
        return Situation(own, whole, self.views.progress(pair, NOW), at)

    async def publish(self, events: Sequence[NewEvent]) -> list[str]:
        """Publish several events at once and return their positions; InvalidRequestError for what no reader takes."""
        try:
            messages = [codec.encode(event) for event in events]
        except RefusedError as error:
            raise InvalidRequestError(error.refusal.detail, error.refusal.errors) from None
        try:
            return await self.publisher.publish(messages)
        except LogUnavailableError as error:
            raise LogUnavailableError(
                "Kafka did not acknowledge in time, and what was said may have landed all the same; "
                "send the same command again, with the same Idempotency-Key if it had one.",
                retry_after=error.retry_after,
            ) from error

    def event(
        self, rollout: str, municipality: str | None, data: Event, *, at: str, event_id: str | None = None
    ) -> NewEvent:
        """Return a new event of this service that holds from `at`, an instant of fixed width."""
        return NewEvent(
            data=data,
            id=event_id or clock.new_id(),
            source=self.source,
            time=at,
            rollout=rollout,
            municipality=municipality,
            traceparent=tracing.outgoing().get(tracing.HEADER),
        )

    async def _tell(
        self,
        request: Request,
        whose: tuple[str, str | None],
        document: Document | None,
        decide: Decide,
        situation: Situation,
    ) -> Told:
        """Return the event that says what the command says: told by an earlier try, known already, or told now."""
        key = await key_of(request)
        decision = told_before(document, key) or decided(_checked(decide, situation))
        if isinstance(decision, Fact):
            return Told(decision.id, position_of(decision))
        if document is not None and document.full:
            raise ConflictError(f"{document.id} holds as many facts as it can; operations must look at it first.")
        event_id = key.new_id() if key else None
        event = self.event(*whose, decision, at=situation.now, event_id=event_id)
        [position] = await self.publish([event])
        return Told(event.id, position)

    async def _view_with(self, rollout: str, municipality: str, told: Told) -> dict[str, Any] | None:
        """Return the view that includes the event; None where that takes long, though the event is on the log."""
        try:
            after = read_position(told.position)
            return (await self.views.shown_after(rollout, municipality, after, VISIBLE_WITHIN_S)).view
        except (PositionNotReachedError, NotFoundError):
            return None

    async def _rollup_with(self, rollout: str, told: Told) -> dict[str, Any] | None:
        try:
            await self.views.whole_after(rollout, read_position(told.position), VISIBLE_WITHIN_S)
        except PositionNotReachedError:
            return None
        return (await self.overviews.of(rollout)).rollup


def decided(decision: Decision) -> Event | Fact:
    """Return the event's data, or the fact that says so already, or raise the refusal's error."""
    if isinstance(decision, Refused):
        raise decision.error()
    return decision


def _checked(decide: Decide, situation: Situation) -> Decision:
    """Decide; data that their event's model does not take are the command's fault."""
    try:
        return decide(situation)
    except ValidationError as error:
        errors = field_errors(error.errors(include_url=False, include_input=False))
        raise InvalidRequestError("The event would not follow its schema; `errors` names each field.", errors) from None


def _accepted(
    told: Told, view: dict[str, Any] | None, location: str, warnings: Sequence[FieldError] = ()
) -> JSONResponse:
    unusual = {"warnings": [each._asdict() for each in warnings]} if warnings else {}
    return JSONResponse({**told._asdict(), "view": view, **unusual}, HTTPStatus.ACCEPTED, {"Location": location})


def position_of(fact: Fact) -> str:
    """Return where on the log a fact was first told, e.g. `agreements-3-1042`."""
    return f"{partition_name(fact.topic, fact.partition)}-{fact.offset}"
