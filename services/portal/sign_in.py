"""Signing in and out, and going on with what was typed when a session ended."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from contracts.access import UserRole
from services.chassis.errors import NotFoundError, UnauthorizedError
from services.portal.issuer import Attempt, Issuer
from services.portal.rendering import Pages, language_of
from services.portal.sealed import Sealed
from services.portal.visitors import Visitor

SIGN_IN = "/log-paa"
CALLBACK = f"{SIGN_IN}/tilbage"
CONTINUE = f"{SIGN_IN}/fortsaet"
SIGN_OUT = "/log-af"
#: Longest time that somebody takes to say who they are, in seconds.
ATTEMPT_S = 900
#: What a browser keeps of pages that were looked at goes with the session; the chosen language stays.
CLEARED = {"Clear-Site-Data": '"cache", "storage"'}


class Cookies:
    """What the portal keeps in a browser: the session, the attempt to sign in, and what was typed."""

    def __init__(self, *, sessions: Sealed, attempts: Sealed, typed: Sealed) -> None:
        self.sessions = sessions
        self.attempts = attempts
        self.typed = typed


def sign_in_routes(issuer: Issuer, cookies: Cookies, pages: Pages) -> APIRouter:
    """Return the routes of signing in and out."""
    router = APIRouter(include_in_schema=False)

    @router.get(SIGN_IN)
    async def sign_in(
        request: Request, til: str = "/", som: Annotated[str | None, Query(max_length=60)] = None
    ) -> Response:
        attempt = Attempt.new(til if is_ours(til) else "/")
        response = RedirectResponse(await issuer.address(attempt, language_of(request), som), 303)
        cookies.attempts.write(request, response, attempt._asdict())
        return response

    @router.get(CALLBACK)
    async def back(request: Request, state: str = "", code: str = "") -> Response:
        kept = cookies.attempts.read(request)
        if kept is None or not state or state != kept["state"] or not code:
            raise UnauthorizedError("This sign-in was not begun in this browser, or was given up.")
        attempt = Attempt(**kept)
        visitor = await issuer.visitor(attempt, code)
        response = RedirectResponse(_next(request, cookies, visitor, attempt), 303)
        cookies.attempts.forget(request, response)
        cookies.sessions.write(request, response, visitor.session())
        return response

    @router.get(CONTINUE)
    async def go_on(request: Request) -> Response:
        typed = cookies.typed.read(request)
        visitor: Visitor = request.state.visitor
        if typed is None or typed["subject"] != visitor.subject:
            raise NotFoundError("Nothing was typed.")
        response = pages.page(request, "go_on.html", fields=typed["fields"], action=typed["path"])
        cookies.typed.forget(request, response)
        return response

    @router.post(SIGN_OUT)
    async def sign_out(request: Request) -> Response:
        response = RedirectResponse("/", 303, CLEARED)
        cookies.sessions.forget(request, response)
        return response

    return router


def home_of(visitor: Visitor) -> str:
    """Return the page that a visitor comes to work on."""
    if visitor.municipal:
        return f"/kommune/{visitor.municipality}"
    if {UserRole.COORDINATOR, UserRole.EG} & {*visitor.roles}:
        return "/overblik"
    return "/drift" if UserRole.OPERATIONS in visitor.roles else "/"


def is_ours(path: str) -> bool:
    """Whether a path leads to a page of this portal, whatever a browser makes of it."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()


def address_of_sign_in(path: str) -> str:
    """Return the address that signs somebody in and leads to `path`."""
    return f"{SIGN_IN}?{urlencode({'til': path})}"


def _next(request: Request, cookies: Cookies, visitor: Visitor, attempt: Attempt) -> str:
    """Return where a new visitor goes: on with what they had typed, to where they wanted, or home."""
    typed = cookies.typed.read(request)
    if typed is not None and typed["subject"] == visitor.subject:
        return CONTINUE
    return home_of(visitor) if attempt.back == "/" else attempt.back
