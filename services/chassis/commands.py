"""A command's way: look at the view, decide, publish, and answer with the position and the view that includes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from contracts import codec
from contracts.codec import NewEvent
from contracts.events import Event
from contracts.facts import Fact
from contracts.instants import fixed
from contracts.topics import Topic, partition_name
from services.chassis import clock
from services.chassis.access import caller_of
from services.chassis.decision import Refused, Situation
from services.chassis.errors import NotFoundError, PositionNotReachedError
from services.chassis.publisher import Publisher
from services.chassis.views import NOW, Pair, Views, read_position

#: How long an answer waits for the view that includes its event, in seconds.
VISIBLE_WITHIN_S = 5
#: Characters of an event's id that an `Idempotency-Key` decides.
KEYED = 24

Decide = Callable[[Situation], Event | Refused]


@dataclass(frozen=True, kw_only=True)
class Commands:
    """Carries out the commands of one service, onto its own topic and under its own source."""

    topic: Topic
    source: str
    views: Views
    publisher: Publisher

    async def carry_out(self, request: Request, rollout: str, municipality: str, decide: Decide) -> JSONResponse:
        """Answer 202 with `{event_id, position, view}`; a refusal is raised as its error, and nothing is published."""
        pair = await self.views.pair(rollout, municipality)
        prefix = self._keyed(request)
        told = _told_before(pair, prefix)
        if told is not None:
            return await self._answer(rollout, municipality, told.id, _position_of(told))
        event = self._event(
            rollout, municipality, decided(decide(await self.situation(rollout, municipality, pair))), prefix
        )
        [position] = await self.publisher.publish([codec.encode(event)])
        return await self._answer(rollout, municipality, event.id, position)

    async def situation(self, rollout: str, municipality: str, pair: Pair) -> Situation:
        """Return what is known of a municipality now, for a decision."""
        own, whole = pair.settled(NOW)
        view = await self.views.view(rollout, municipality, pair)
        return Situation(own, whole, view["progress"], fixed(clock.now()))

    async def publish(self, events: Sequence[NewEvent]) -> list[str]:
        """Publish several events at once and return their positions."""
        return await self.publisher.publish([codec.encode(event) for event in events])

    def event(self, rollout: str, municipality: str | None, data: Event, *, event_id: str | None = None) -> NewEvent:
        """Return a new event of this service that holds from now."""
        return NewEvent(
            data=data,
            id=event_id or clock.new_id(),
            source=self.source,
            time=fixed(clock.now()),
            rollout=rollout,
            municipality=municipality,
        )

    def _event(self, rollout: str, municipality: str, data: Event, prefix: str | None) -> NewEvent:
        event_id = f"{prefix}-{clock.new_id()}" if prefix else None
        return self.event(rollout, municipality, data, event_id=event_id)

    async def _answer(self, rollout: str, municipality: str, event_id: str, position: str) -> JSONResponse:
        location = f"/v1/rollouts/{rollout}/municipalities/{municipality}"
        body = {
            "event_id": event_id,
            "position": position,
            "view": await self._view_with(rollout, municipality, position),
        }
        return JSONResponse(body, HTTPStatus.ACCEPTED, {"Location": f"{location}?after={position}"})

    async def _view_with(self, rollout: str, municipality: str, position: str) -> dict[str, Any] | None:
        """Return the view that includes `position`; None where that takes long, though the event is on the log."""
        try:
            pair = await self.views.pair_after(rollout, municipality, read_position(position), VISIBLE_WITHIN_S)
        except (PositionNotReachedError, NotFoundError):
            return None
        return await self.views.view(rollout, municipality, pair)

    def _keyed(self, request: Request) -> str | None:
        """Return what the ids of this command's events begin with when the client sent an `Idempotency-Key`."""
        key = request.headers.get("idempotency-key")
        if not key:
            return None
        said = f"{caller_of(request).client}\n{request.method}\n{request.url.path}\n{key}"
        return blake2b(said.encode(), digest_size=KEYED // 2).hexdigest()


def decided(decision: Event | Refused) -> Event:
    """Return the event's data, or raise the refusal's error."""
    if isinstance(decision, Refused):
        raise decision.error()
    return decision


def _told_before(pair: Pair, prefix: str | None) -> Fact | None:
    """Return the fact that an earlier try of the same command made."""
    if prefix is None or pair.own is None:
        return None
    facts = sorted(pair.own.facts.values(), key=lambda fact: fact.place)
    return next((fact for fact in facts if fact.id.startswith(f"{prefix}-")), None)


def _position_of(fact: Fact) -> str:
    return f"{partition_name(fact.topic, fact.partition)}-{fact.offset}"
