"""The guard at every page: a session, a role that the table allows, the own municipality, and the CSRF token."""

import secrets
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request

from contracts.access import PAGES, PUBLIC
from services.chassis import clock
from services.chassis.errors import ForbiddenError, NotFoundError
from services.chassis.web.access import NO_SUCH_THING, UnlistedRouteError, log_refusal, may_see, routes_of
from services.portal.forms import Form, read_form
from services.portal.sealed import Sealed
from services.portal.visitors import Visitor


class SignedOutError(Exception):
    """Nobody is signed in, or not any more; `former` is who was, and `form` what they had typed."""

    def __init__(self, former: Visitor | None = None, form: Form | None = None) -> None:
        super().__init__()
        self.former = former
        self.form = form


def guard(sessions: Sealed) -> Callable[[Request], Awaitable[None]]:
    """Return the dependency that lets a request pass, or raises SignedOutError, 403 or 404."""

    async def check(request: Request) -> None:
        rule = PAGES[request.method, request.scope["route"].path]
        visitor = recognise(request, sessions)
        form = await read_form(request) if request.method == "POST" else None
        request.state.form = form
        if rule is PUBLIC:
            return
        if visitor is None or request.state.visitor is None:
            # What a foreign page posts in somebody's name carries no token of ours, and is not kept.
            raise SignedOutError(visitor, form if form and _ours(visitor, form) else None)
        if not visitor.caller.roles & rule.roles:
            log_refusal(request, "role")
            raise ForbiddenError("The role does not open this page.")
        code = request.path_params.get("code")
        if code is not None and not may_see(visitor.caller, rule.roles, code):
            log_refusal(request, "municipality")
            raise NotFoundError(NO_SUCH_THING)
        if form is not None and not _ours(visitor, form):
            log_refusal(request, "form")
            raise ForbiddenError("The form carries no token of this session.")

    return check


def recognise(request: Request, sessions: Sealed) -> Visitor | None:
    """Note on the request who looks, and return them, or who it was whose session has ended."""
    visitor = Visitor.kept(sessions.read(request))
    here = visitor is not None and visitor.expires > clock.now().timestamp()
    request.state.visitor = visitor if here else None
    return visitor


def check_pages(app: FastAPI) -> None:
    """Raise UnlistedRouteError for a route of `app` that the table of pages does not hold."""
    for method, path in routes_of(app):
        if (method, path) not in PAGES:
            raise UnlistedRouteError(f"{method} {path} is not in contracts/access.py")


def _ours(visitor: Visitor | None, form: Form) -> bool:
    return visitor is not None and secrets.compare_digest(form.csrf.encode(), visitor.csrf.encode())
