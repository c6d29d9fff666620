"""The routes behind a mailed link: whoever holds it sees the invitation and answers it, for one role of one webinar."""

from functools import partial
from typing import Annotated, Any, NamedTuple, cast

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from contracts.events import Partstat
from contracts.instants import fixed
from contracts.roles import Role
from services.chassis import clock
from services.chassis.doors.command_fields import example
from services.chassis.doors.commands import Commands
from services.chassis.doors.decision import Situation
from services.chassis.errors import ConflictError, NotFoundError
from services.chassis.logs import logger
from services.chassis.outward.addresses import address_mark
from services.chassis.outward.contacts import Contacts
from services.chassis.web.problem_shape import problem_answer
from services.chassis.web.request_bodies import MOST_BYTES, BoundedRoute
from services.notifications import answer_page, decisions
from services.notifications.answer_links import PATH, Answering, AnswerLinks
from services.notifications.commands import Respond
from services.notifications.dates import Language

log = logger(__name__)
Token = Annotated[str, Path(description="What a mailed link holds: signed, for one webinar, until it is over.")]


class Answer(BaseModel):
    """What the page's form says."""

    model_config = example(partstat="accepted")

    partstat: Partstat


class Open(NamedTuple):
    """A link that is good now, and the language of whom it was sent to."""

    answering: Answering
    language: Language


def answer_routes(commands: Commands, contacts: Contacts, links: AnswerLinks | None) -> APIRouter:
    """Return the page and its form; without a key there are no links, and no link is known."""
    router = APIRouter(
        tags=["webinar"], route_class=BoundedRoute, responses=_ANSWERS, default_response_class=HTMLResponse
    )

    @router.get(f"{PATH}/{{token}}", summary="The invitation behind a mailed link")
    async def show(token: Token) -> HTMLResponse:
        """Show the invitation and the answer so far; looking changes nothing."""
        opened = await _opened(token, contacts, links)
        return opened if isinstance(opened, HTMLResponse) else await _shown(commands, opened)

    @router.post(f"{PATH}/{{token}}", summary="Answer the invitation by a mailed link", response_class=HTMLResponse)
    async def answer(request: Request, token: Token, form: Annotated[Answer, Form()]) -> HTMLResponse:
        """Answer for the municipality and role of the link; the same answer again changes nothing."""
        opened = await _opened(token, contacts, links)
        if isinstance(opened, HTMLResponse):
            return opened
        answering = opened.answering
        body = Respond(partstat=form.partstat, by_role=Role(answering.role))
        decide = partial(decisions.respond_once, command=body, webinar=answering.webinar)
        try:
            await commands.carry_out(request, answering.rollout, answering.municipality, decide)
        except (ConflictError, NotFoundError):  # cancelled or retracted: the page says so
            return await _shown(commands, opened)
        log.info("answered_by_link", municipality=answering.municipality, role=answering.role)
        return await _shown(commands, opened)

    return router


_PAGE: dict[str, Any] = {"content": {"text/html": {"schema": {"type": "string"}}}}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    404: {"description": "No link that this service has made.", **_PAGE},
    409: {"description": "The webinar is cancelled.", **_PAGE},
    410: {"description": "The webinar is over, or somebody else hears for the role now.", **_PAGE},
    413: problem_answer(f"The body is longer than {MOST_BYTES:,} bytes."),
    422: problem_answer("The answer is none of the three."),
    503: problem_answer("The log or the database can't be reached; try again."),
}


async def _opened(token: str, contacts: Contacts, links: AnswerLinks | None) -> Open | HTMLResponse:
    """Return the link where it is good; else the page that says why not.

    A link is good for whom it was sent to: with the contact it goes too.
    """
    answering = links.read(token) if links else None
    if links is None or answering is None:
        return answer_page.unknown()
    recipient = await contacts.recipients(answering.municipality, answering.role)
    language = cast("Language", recipient.language if recipient else "da")
    heard = recipient is not None and address_mark(recipient.address, links.key) == answering.mark
    if not heard or clock.now().timestamp() >= answering.until:
        return answer_page.over(language)
    return Open(answering, language)


async def _shown(commands: Commands, opened: Open) -> HTMLResponse:
    answering, language = opened
    try:
        pair = await commands.views.pair(answering.rollout, answering.municipality)
    except NotFoundError:
        return answer_page.unknown(language)
    webinar = _webinar(commands.situation(pair, fixed(clock.now())), answering.webinar)
    if webinar is None:
        return answer_page.unknown(language)
    shown = answer_page.cancelled if webinar["state"] == "cancelled" else answer_page.invitation
    return shown(language, answering, webinar)


def _webinar(situation: Situation, webinar: str) -> dict[str, Any] | None:
    webinars = situation.progress["tracks"]["information"]["webinars"]
    return next((each for each in webinars if each["webinar_id"] == webinar and each["starts_at"]), None)
