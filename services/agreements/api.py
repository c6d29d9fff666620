"""The routes of the agreements service beyond those of every service."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from contracts.topics import OWN_SOURCES, Topic
from services.agreements import decisions, forwarding
from services.agreements.batches import SendOutcome
from services.agreements.commands import (
    DeclineAgreement,
    DispatchBatch,
    SetForwarding,
    SignAgreement,
    TerminateAgreement,
    VoidAgreement,
)
from services.agreements.lookup import AgreementId, Located
from services.agreements.sending import Sending
from services.agreements.trail import trail
from services.agreements.trail_shape import Trail
from services.chassis.doors.command_routes import ANSWERS, command_router
from services.chassis.doors.commands import Commands
from services.chassis.doors.events_door import door
from services.chassis.doors.happened import happened
from services.chassis.errors import NotFoundError
from services.chassis.projection.store import Place
from services.chassis.queries.answers import tagged
from services.chassis.queries.routes import Code, IfNoneMatch, Rollout
from services.chassis.service import Parts, Routes
from services.chassis.web.access import NO_SUCH_THING

Answers = dict[int | str, dict[str, Any]]


class BatchOutcome(BaseModel):
    """What became of one municipality; ids and position are null where it got no agreement."""

    municipality: str
    outcome: SendOutcome
    agreement_id: str | None
    event_id: str | None
    position: str | None
    detail: str | None = Field(description="Why there is no new agreement.")


class BatchAccepted(BaseModel):
    """The batch is on the log."""

    batch_id: str
    position: str = Field(description="The dispatch's place on the log.")
    outcomes: list[BatchOutcome]


def events_door(parts: Parts) -> APIRouter:
    """Return `POST /v1/events`."""
    return door(Topic.AGREEMENTS, parts.publisher, parts.rate)


def commands_of(parts: Parts) -> APIRouter:
    """Return the routes of all commands; they share their turns, so that a batch and a signature see each other."""
    commands = Commands(
        topic=Topic.AGREEMENTS,
        source=OWN_SOURCES[Topic.AGREEMENTS],
        views=parts.views,
        overviews=parts.overviews,
        publisher=parts.publisher,
        past=parts.settings.past_commands,
    )
    router = command_router("agreements")
    _batch_route(router, parts, commands)
    _answer_routes(router, parts, commands)
    _supplier_routes(router, parts, commands)
    _forwarding_route(router, parts, commands)
    return router


def agreement_query(parts: Parts) -> APIRouter:
    """Return the route that shows one agreement."""
    answers: Answers = {status: ANSWERS[status] for status in (401, 403, 404, 409, 503)}
    router = APIRouter(prefix="/v1", tags=["agreements"], responses=answers)

    @router.get("/agreements/{agreement}", summary="The audit trail of one agreement", response_model=Trail)
    async def agreement(
        place: Annotated[Place, Depends(Located(parts.store))],
        agreement: AgreementId,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        """Return its state and document, and its facts oldest first: who said what, and when."""
        pair = await parts.views.pair(place.rollout, place.municipality)
        found = trail(pair.own.facts.values() if pair.own else (), agreement)
        if found is None:
            raise NotFoundError(NO_SUCH_THING)
        return tagged({**place._asdict(), **found}, if_none_match)

    return router


def _batch_route(router: APIRouter, parts: Parts, commands: Commands) -> None:
    sending = Sending(commands=commands, store=parts.store)
    accepted: Answers = {202: {"model": BatchAccepted, "description": "Told; `outcomes` says what became of each."}}

    @router.post(
        "/rollouts/{rollout}/agreement-batches",
        summary="Send agreements to all at once",
        status_code=202,
        responses=accepted,
    )
    async def send(request: Request, rollout: Rollout, body: DispatchBatch) -> JSONResponse:
        """Send to all enrolled, or to those listed. The same batch again completes it, and changes nothing else."""
        answer = await sending.send(rollout, body, at=happened(request, past=commands.past))
        return JSONResponse(answer, 202, {"Location": f"/v1/rollouts/{rollout}"})


def _answer_routes(router: APIRouter, parts: Parts, commands: Commands) -> None:
    located = Depends(Located(parts.store))

    @router.post("/agreements/{agreement}/signature", summary="The municipality signs", status_code=202)
    async def sign(
        request: Request, place: Annotated[Place, located], agreement: AgreementId, body: SignAgreement
    ) -> JSONResponse:
        """Sign the document that was sent, by the aftaleadministrator, once."""
        decide = partial(decisions.sign, command=body, agreement_id=agreement)
        return await commands.carry_out(request, *place, decide)

    @router.post("/agreements/{agreement}/decline", summary="The municipality does not sign", status_code=202)
    async def decline(
        request: Request, place: Annotated[Place, located], agreement: AgreementId, body: DeclineAgreement
    ) -> JSONResponse:
        """Decline an agreement that could be signed, with the reason."""
        decide = partial(decisions.decline, command=body, agreement_id=agreement)
        return await commands.carry_out(request, *place, decide)


def _supplier_routes(router: APIRouter, parts: Parts, commands: Commands) -> None:
    located = Depends(Located(parts.store))

    @router.post("/agreements/{agreement}/void", summary="Take back an agreement", status_code=202)
    async def void(
        request: Request, place: Annotated[Place, located], agreement: AgreementId, body: VoidAgreement
    ) -> JSONResponse:
        """Take back what is not signed, with the reason."""
        decide = partial(decisions.void, command=body, agreement_id=agreement)
        return await commands.carry_out(request, *place, decide)

    @router.post("/agreements/{agreement}/termination", summary="End a signed agreement", status_code=202)
    async def terminate(
        request: Request, place: Annotated[Place, located], agreement: AgreementId, body: TerminateAgreement
    ) -> JSONResponse:
        """End what is signed, with the reason."""
        decide = partial(decisions.terminate, command=body, agreement_id=agreement)
        return await commands.carry_out(request, *place, decide)


def _forwarding_route(router: APIRouter, parts: Parts, commands: Commands) -> None:
    @router.post(
        "/rollouts/{rollout}/municipalities/{code}/forwarding", summary="Set up or disable forwarding", status_code=202
    )
    async def forward(request: Request, rollout: Rollout, code: Code, body: SetForwarding) -> JSONResponse:
        """Send `rules`, which replace the earlier ones, or `disable: true` with a `reason`."""
        eans = forwarding.active_eans(body)
        taken = await parts.store.of_live(lambda live: parts.store.elsewhere(live, rollout, code, eans))
        decide = partial(forwarding.set_forwarding, command=body, code=code, taken=taken)
        return await commands.carry_out(request, rollout, code, decide, forwarding.warnings(body))


ROUTES: tuple[Routes, ...] = (events_door, commands_of, agreement_query)
