"""The routes of the notifications service beyond those of every service."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse

from contracts.topics import OWN_SOURCES, Topic
from services.chassis.doors.command_routes import NewRollout, command_router
from services.chassis.doors.commands import Commands
from services.chassis.doors.events_door import door
from services.chassis.outward.contacts import Contacts
from services.chassis.queries.routes import Rollout
from services.chassis.service import Parts, Routes
from services.chassis.web.access import own_municipality
from services.notifications import decisions
from services.notifications.answer_links import AnswerLinks
from services.notifications.answer_routes import answer_routes
from services.notifications.calendar_routes import Webinar, calendar_routes
from services.notifications.commands import (
    Acknowledge,
    CancelWebinar,
    PublishGuidance,
    PublishRecording,
    RescheduleWebinar,
    Respond,
    ScheduleWebinar,
)
from services.notifications.contact_routes import contact_routes
from services.notifications.ledger_routes import ledger_routes

Guidance = Annotated[str, Path(description="The id of a guidance.", examples=["vejledning-8b"])]
WEBINAR = "/rollouts/{rollout}/webinars/{webinar}"


def events_door(parts: Parts) -> APIRouter:
    """Return `POST /v1/events`."""
    return door(Topic.NOTIFICATIONS, parts.publisher, parts.rate)


def guidance_commands(parts: Parts) -> APIRouter:
    """Return the routes of the guidance."""
    router = command_router("guidance")
    commands = _commands(parts)

    @router.post("/rollouts/{rollout}/guidance", summary="Publish a version of the guidance", status_code=202)
    async def publish(request: Request, rollout: NewRollout, body: PublishGuidance) -> JSONResponse:
        """Publish for all; the version rises by itself, and the same content again is the same version."""
        return await commands.carry_out_whole(request, rollout, partial(decisions.publish_guidance, command=body))

    @router.post(
        "/rollouts/{rollout}/guidance/{guidance}/acknowledgement", summary="The guidance has been read", status_code=202
    )
    async def acknowledge(request: Request, rollout: Rollout, guidance: Guidance, body: Acknowledge) -> JSONResponse:
        """Acknowledge the newest version for the municipality of the token."""
        decide = partial(decisions.acknowledge, command=body, guidance=guidance)
        return await commands.carry_out(request, rollout, own_municipality(request), decide)

    return router


def webinar_plans(parts: Parts) -> APIRouter:
    """Return the routes by which EG plans the webinar where all are informed together."""
    router = command_router("webinar")
    commands = _commands(parts)

    @router.post("/rollouts/{rollout}/webinars", summary="Schedule the webinar", status_code=202)
    async def schedule(request: Request, rollout: NewRollout, body: ScheduleWebinar) -> JSONResponse:
        """Schedule one webinar for all; 409 while one is planned, unless `additional` is true."""
        return await commands.carry_out_whole(request, rollout, partial(decisions.schedule, command=body))

    @router.post(f"{WEBINAR}/reschedule", summary="Give the webinar another time", status_code=202)
    async def reschedule(request: Request, rollout: Rollout, webinar: Webinar, body: RescheduleWebinar) -> JSONResponse:
        """Move a webinar that is not cancelled; invitations and answers stay, and its sequence rises by itself."""
        decide = partial(decisions.reschedule, command=body, webinar=webinar)
        return await commands.carry_out_whole(request, rollout, decide)

    @router.post(f"{WEBINAR}/cancellation", summary="Cancel the webinar", status_code=202)
    async def cancel(request: Request, rollout: Rollout, webinar: Webinar, body: CancelWebinar) -> JSONResponse:
        """Cancel for good; another webinar gets an id of its own."""
        decide = partial(decisions.cancel, command=body, webinar=webinar)
        return await commands.carry_out_whole(request, rollout, decide)

    @router.post(f"{WEBINAR}/recording", summary="Publish the recording", status_code=202)
    async def record(request: Request, rollout: Rollout, webinar: Webinar, body: PublishRecording) -> JSONResponse:
        """Tell where the webinar can be seen afterwards; the newest address counts."""
        decide = partial(decisions.publish_recording, command=body, webinar=webinar)
        return await commands.carry_out_whole(request, rollout, decide)

    return router


def webinar_answers(parts: Parts) -> APIRouter:
    """Return the route by which a municipality answers its invitation."""
    router = command_router("webinar")
    commands = _commands(parts)

    @router.post(f"{WEBINAR}/response", summary="Answer the invitation", status_code=202)
    async def respond(request: Request, rollout: Rollout, webinar: Webinar, body: Respond) -> JSONResponse:
        """Answer for the municipality of the token; the latest answer counts."""
        decide = partial(decisions.respond, command=body, webinar=webinar)
        return await commands.carry_out(request, rollout, own_municipality(request), decide)

    return router


def mailed_answers(links: AnswerLinks | None) -> Routes:
    """Return what makes the routes by which a mailed link answers; without `links` none is known."""
    return lambda parts: answer_routes(_commands(parts), Contacts(parts.database), links)


def _commands(parts: Parts) -> Commands:
    return Commands(
        topic=Topic.NOTIFICATIONS,
        source=OWN_SOURCES[Topic.NOTIFICATIONS],
        views=parts.views,
        overviews=parts.overviews,
        publisher=parts.publisher,
        past=parts.settings.past_commands,
    )


ROUTES: tuple[Routes, ...] = (
    events_door,
    guidance_commands,
    webinar_plans,
    webinar_answers,
    calendar_routes,
    contact_routes,
    ledger_routes,
)
