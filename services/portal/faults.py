"""Errors as pages for browsers and as RFC 9457 problems for others, with the same keys."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from services.chassis import clock
from services.chassis.errors import KlarmeldError
from services.chassis.logs import logger
from services.chassis.web import problem
from services.chassis.web.requests import template
from services.portal.catalogue import Language, has_text, text
from services.portal.guard import SignedOutError, recognise
from services.portal.navigation import entries
from services.portal.rendering import Pages
from services.portal.sealed import Sealed, TooMuchError
from services.portal.sign_in import address_of_sign_in

log = logger(__name__)
Handler = Callable[[Request, Exception], Awaitable[Response]]


class ChangedError(KlarmeldError):
    """The status is not the one any more that the visitor had before them."""

    status = HTTPStatus.PRECONDITION_FAILED
    title = "The status has changed"
    slug = "changed"


class RefusedByServiceError(KlarmeldError):
    """A service says why a command does not fit; the sentence is its own."""

    status = HTTPStatus.CONFLICT
    title = "Conflict"
    slug = "conflict"


def install(app: FastAPI, pages: Pages, *, sessions: Sealed, typed: Sealed) -> None:
    """Make `app` answer every error, by a page where a browser asks for one."""
    problem.install(app)

    async def signed_out(request: Request, error: Exception) -> Response:
        assert isinstance(error, SignedOutError)  # noqa: S101  registered for this class alone
        return _signed_out(request, error, pages, typed)

    async def known(request: Request, error: Exception) -> Response:
        assert isinstance(error, KlarmeldError)  # noqa: S101
        return _shown(request, pages, error.status, error.detail, error.retry_after)

    async def invalid(request: Request, _error: Exception) -> Response:
        # A path or a query that is none of ours: to a browser there is no such page.
        return _shown(request, pages, HTTPStatus.NOT_FOUND, "There is nothing at this address.")

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        recognise(request, sessions)  # the guard stands before routes, and here is none
        return _shown(request, pages, HTTPStatus(error.status_code), str(error.detail))

    async def unknown(request: Request, error: Exception) -> Response:
        trace = clock.new_id()[:8]
        route = template(request.scope.get("route"))
        log.error("unexpected_error", route=route, error=type(error).__name__, trace=trace, exc_info=error)
        return _shown(request, pages, HTTPStatus.INTERNAL_SERVER_ERROR, f"Error id {trace}.", trace=trace)

    handlers: Mapping[type[Exception], Handler] = {
        SignedOutError: signed_out,
        KlarmeldError: known,
        RequestValidationError: invalid,
        HTTPException: http,
        Exception: unknown,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def wants_page(request: Request) -> bool:
    """Whether a browser asks for something to show."""
    return "text/html" in request.headers.get("accept", "")


def page_of(request: Request, pages: Pages, status: HTTPStatus, *, detail: str = "", **values: Any) -> Response:
    """Return the page of an error; of one status it is the same bytes wherever it happens, but for its values."""
    key = f"error.{status.value}" if has_text(f"error.{status.value}.title") else _nearest(status)
    visitor = getattr(request.state, "visitor", None)
    shell = {"navigation": entries(visitor, "") if visitor else (), "in_language": _plain, "here": ""}
    known = {"seconds": 5, "count": 1, "trace": "", **values}
    return pages.page(request, "error.html", status=status, key=key, detail=detail, known=known, **shell)


def _shown(  # noqa: PLR0913, PLR0917  the parts of an answer
    request: Request,
    pages: Pages,
    status: HTTPStatus,
    detail: str,
    retry_after: int | None = None,
    trace: str = "",
) -> Response:
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    if wants_page(request):
        own = detail if status is HTTPStatus.CONFLICT else ""
        response = page_of(request, pages, status, detail=own, seconds=retry_after or 5, trace=trace)
        response.headers.update(headers)
        return response
    title = text(Language.ENGLISH, f"error.{status.value}.title") if _has(status) else status.phrase
    slug = status.phrase.lower().replace(" ", "-")
    return problem.problem(request, status=status, title=title, detail=detail, slug=slug, headers=headers)


def _signed_out(request: Request, error: SignedOutError, pages: Pages, typed: Sealed) -> Response:
    """Lead a reader to the sign-in; show a writer that what they typed is kept, and where to sign in."""
    if not wants_page(request):
        return _shown(request, pages, HTTPStatus.UNAUTHORIZED, "Nobody is signed in.")
    if request.method != "POST":
        return RedirectResponse(address_of_sign_in(_asked(request)), 303)
    # No redirect: the policy of the page lets a form lead to this portal alone, and the sign-in is elsewhere.
    status, keeps = HTTPStatus.UNAUTHORIZED, bool(error.form and error.former)
    response = pages.page(request, "signed_out.html", status=status, keeps=keeps, sign_in=address_of_sign_in("/"))
    if error.form and error.former:
        kept = {"subject": error.former.subject, "path": _asked(request), "fields": dict(error.form.fields)}
        try:
            typed.write(request, response, kept)
        except TooMuchError:
            return pages.page(request, "signed_out.html", status=status, keeps=False, sign_in=address_of_sign_in("/"))
    return response


def _asked(request: Request) -> str:
    """Return the address that was asked for, on this portal."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def _has(status: HTTPStatus) -> bool:
    return has_text(f"error.{status.value}.title")


def _nearest(status: HTTPStatus) -> str:
    """Return the key of an error that has no text of its own."""
    if status in {HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}:
        return "error.503"
    return "error.500" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "error.400"


def _plain(language: Language) -> str:
    return f"?lang={language.value}"
