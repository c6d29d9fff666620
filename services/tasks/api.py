"""The routes of the tasks service beyond those of every service; `POST /events` is not among them."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse

from contracts.events import TaskCardPublished
from contracts.topics import OWN_SOURCES, Topic
from services.chassis.doors.command_routes import NewRollout, command_router
from services.chassis.doors.commands import Commands
from services.chassis.errors import NotFoundError
from services.chassis.queries.answers import tagged
from services.chassis.queries.routes import Code, IfNoneMatch, Rollout
from services.chassis.queries.views import NOW
from services.chassis.service import Parts, Routes
from services.tasks import decisions
from services.tasks.commands import AddItem, Assign, Complete, Orient, PublishCard, Reopen
from services.tasks.progress import newest_card
from services.tasks.whole import whole_query

Item = Annotated[str, Path(description="The id of one of the municipality's own items.", examples=["L-1"])]
MUNICIPALITY = "/rollouts/{rollout}/municipalities/{code}"


def card_query(parts: Parts) -> APIRouter:
    """Return the route that shows the card."""
    router = APIRouter(prefix="/v1", tags=["card"])

    @router.get("/rollouts/{rollout}/card", summary="The card, field by field", response_model=TaskCardPublished)
    async def card(rollout: Rollout, if_none_match: IfNoneMatch = None) -> Response:
        """Return the newest card, word for word; 404 where the rollout has none."""
        _, whole = (await parts.views.whole(rollout)).settled(NOW)
        newest = newest_card(whole)
        if newest is None:
            raise NotFoundError("This rollout has no card.")
        return tagged(dict(newest.data), if_none_match)

    return router


def card_command(parts: Parts) -> APIRouter:
    """Return the route that publishes the card."""
    router = command_router("card")
    commands = _commands(parts)

    @router.put("/rollouts/{rollout}/card", summary="Publish the card as it now reads", status_code=202)
    async def publish(request: Request, rollout: NewRollout, body: PublishCard) -> JSONResponse:
        """Goal and result are two fields; every text is kept word for word. The same card again changes nothing."""
        decide = partial(decisions.publish_card, command=body, rollout=rollout)
        return await commands.carry_out_whole(request, rollout, decide)

    return router


def task_commands(parts: Parts) -> APIRouter:
    """Return the routes by which a municipality says who is oriented, and that its task is completed."""
    router = command_router("task")
    commands = _commands(parts)

    @router.post(f"{MUNICIPALITY}/orientations", summary="A role has been oriented", status_code=202)
    async def orientations(request: Request, rollout: Rollout, code: Code, body: Orient) -> JSONResponse:
        """Needed are aftaleadministrator, and systemansvarlig_bogfoering or erp_dialog; others help and never block."""
        return await commands.carry_out(request, rollout, code, partial(decisions.orient, command=body))

    @router.post(f"{MUNICIPALITY}/completion", summary="The task is fuldført", status_code=202)
    async def completion(request: Request, rollout: Rollout, code: Code, body: Complete) -> JSONResponse:
        """Needs the orientation only: no agreement, no signature, no set-up."""
        decide = partial(decisions.complete, command=body, rollout=rollout)
        return await commands.carry_out(request, rollout, code, decide)

    @router.post(f"{MUNICIPALITY}/reopening", summary="The task is not fuldført after all", status_code=202)
    async def reopening(request: Request, rollout: Rollout, code: Code, body: Reopen) -> JSONResponse:
        """Take a completion back, with the reason."""
        decide = partial(decisions.reopen, command=body, rollout=rollout)
        return await commands.carry_out(request, rollout, code, decide)

    @router.post(f"{MUNICIPALITY}/assignment", summary="Who is responsible and who performs", status_code=202)
    async def assignment(request: Request, rollout: Rollout, code: Code, body: Assign) -> JSONResponse:
        """Tell the municipality's own choice; the card recommends roles and demands none. The newest counts."""
        decide = partial(decisions.assign, command=body, rollout=rollout)
        return await commands.carry_out(request, rollout, code, decide)

    return router


def item_commands(parts: Parts) -> APIRouter:
    """Return the routes of a municipality's own items."""
    router = command_router("local items")
    commands = _commands(parts)

    @router.post(f"{MUNICIPALITY}/local-items", summary="Something of the municipality's own to do", status_code=202)
    async def add(request: Request, rollout: Rollout, code: Code, body: AddItem) -> JSONResponse:
        """Without an id the text makes one, so that the same item told twice is one."""
        return await commands.carry_out(request, rollout, code, partial(decisions.add_item, command=body))

    @router.delete(f"{MUNICIPALITY}/local-items/{{item}}", summary="An item of its own is done", status_code=202)
    async def close(request: Request, rollout: Rollout, code: Code, item: Item) -> JSONResponse:
        """Close an item, which stays visible; adding it again opens it."""
        return await commands.carry_out(request, rollout, code, partial(decisions.close_item, item_id=item))

    return router


def _commands(parts: Parts) -> Commands:
    return Commands(
        topic=Topic.TASKS,
        source=OWN_SOURCES[Topic.TASKS],
        views=parts.views,
        overviews=parts.overviews,
        publisher=parts.publisher,
        past=parts.settings.past_commands,
    )


ROUTES: tuple[Routes, ...] = (whole_query, card_query, card_command, task_commands, item_commands)
