"""The guard at every route: a valid token, a role that the table allows, and the tenant from the token alone."""

from collections.abc import Awaitable, Callable
from typing import cast

from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts

from contracts.access import MUNICIPAL, PUBLIC, ROUTES, Caller
from services.chassis.errors import ForbiddenError, NotFoundError, UnauthorizedError
from services.chassis.logs import logger
from services.chassis.web.tokens import Tokens

log = logger(__name__)

#: One sentence for what does not exist and for what belongs to somebody else.
NO_SUCH_THING = "There is no such thing here."


class UnlistedRouteError(Exception):
    """A route that the table of access does not hold; the service does not start with it."""


def guard(tokens: Tokens) -> Callable[[Request], Awaitable[None]]:
    """Return the dependency that lets a request pass or raises 401, 403 or 404."""

    async def check(request: Request) -> None:
        rule = ROUTES[request.method, request.scope["route"].path]
        if rule is PUBLIC:
            return
        caller, expires = await tokens.caller(_bearer(request))
        if not caller.roles & rule.roles:
            log_refusal(request, "role")
            raise ForbiddenError(f"This needs one of the roles {', '.join(sorted(rule.roles))}.")
        request.state.caller = caller
        request.state.expires = expires
        code = request.path_params.get("code")
        if code is not None and not may_see(caller, rule.roles, code):
            log_refusal(request, "municipality")
            raise NotFoundError(NO_SUCH_THING)

    return check


def log_refusal(request: Request, why: str) -> None:
    """Log that somebody known was kept out, by the route's template: neither who they are nor what they asked for."""
    log.info("access_refused", method=request.method, route=request.scope["route"].path, why=why)


async def known_first(request: Request) -> None:
    """Let the guard judge a request that was refused before it came to the guard: who may not call learns no more."""
    check = getattr(request.app.state, "guard", None)
    if check is not None and not hasattr(request.state, "caller"):
        await check(request)


def may_see(caller: Caller, allowed: frozenset[str], municipality: str) -> bool:
    """Return whether the caller may know of this municipality's things: a municipal role reaches its own alone."""
    if caller.roles & allowed - MUNICIPAL:
        return True
    return caller.municipality == municipality


def caller_of(request: Request) -> Caller:
    """Return who is calling, as the guard found it."""
    return cast("Caller", request.state.caller)


def own_municipality(request: Request) -> str:
    """Return the municipality that the token is about; ForbiddenError where it is about none."""
    municipality = caller_of(request).municipality
    if municipality is None:
        raise ForbiddenError("This needs a token that names a municipality: its claim kommunekode is absent.")
    return municipality


def check_table(app: FastAPI) -> None:
    """Raise UnlistedRouteError for a route of `app` that the table does not hold."""
    for method, path in routes_of(app):
        if (method, path) not in ROUTES:
            raise UnlistedRouteError(f"{method} {path} is not in contracts/access.py")


def routes_of(app: FastAPI) -> list[tuple[str, str]]:
    """Return method and path of each route of `app`, those inside its routers too; files are no routes."""
    found = ((each.methods or (), str(each.path)) for each in iter_route_contexts(app.routes))
    return [(method, path) for methods, path in found for method in sorted({*methods} - {"HEAD", "OPTIONS"})]


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthorizedError("Send an access token: `Authorization: Bearer …`.")
    return token.strip()
