"""Errors as RFC 9457 `application/problem+json`, for clients' faults and ours alike."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from contracts.refusals import FieldError
from services.chassis.errors import KlarmeldError
from services.chassis.logs import logger
from services.chassis.web.access import known_first
from services.chassis.web.requests import template

MEDIA_TYPE = "application/problem+json"
log = logger(__name__)


def install(app: FastAPI) -> None:
    """Make `app` answer every error as a problem."""
    app.add_exception_handler(KlarmeldError, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unknown)


def problem(  # noqa: PLR0913  the members of RFC 9457
    request: Request,
    *,
    status: int,
    title: str,
    detail: str,
    slug: str,
    errors: list[dict[str, str]] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """Return a problem; `slug` ends its `type`, `instance` is the path that was asked for."""
    body: dict[str, Any] = {
        "type": f"urn:klarmeld:problem:{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": _instance(request, status),
    }
    if errors:
        body["errors"] = errors
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def field_errors(errors: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """Return pydantic's errors as ours; `pointer` leads into the body, or begins with /path, /query or /header."""
    return [FieldError(_pointer(each["loc"]), each["msg"]) for each in errors]


def _pointer(location: tuple[int | str, ...]) -> str:
    parts = location[1:] if location[:1] == ("body",) else location
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def _instance(request: Request, status: int) -> str:
    """Return the path, or for 404 its template: what is missing and what is foreign answer alike."""
    route = request.scope.get("route")
    return str(route.path) if status == HTTPStatus.NOT_FOUND and route is not None else request.url.path


async def _known(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, KlarmeldError)  # noqa: S101  registered for this class alone
    return problem(
        request,
        status=error.status,
        title=error.title,
        detail=error.detail,
        slug=error.slug,
        errors=[each._asdict() for each in error.errors],
        headers={"Retry-After": str(error.retry_after)} if error.retry_after else None,
    )


async def _kept_out(request: Request) -> JSONResponse | None:
    """Return the guard's answer where it would not have let the request pass: a body is read before it is asked."""
    try:
        await known_first(request)
    except KlarmeldError as refused:
        return await _known(request, refused)
    return None


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    refused = await _kept_out(request)
    if refused is not None:
        return refused
    errors = [each._asdict() for each in field_errors(error.errors())]
    return problem(
        request,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        title="Invalid request",
        detail="The request does not follow its schema; `errors` names each field.",
        slug="invalid",
        errors=errors,
    )


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.BAD_REQUEST:
        return await _unreadable(request)
    slug = status.phrase.lower().replace(" ", "-")
    detail = {404: "There is nothing at this address.", 405: "This address does not take that method."}
    return problem(
        request,
        status=status,
        title=status.phrase,
        detail=detail.get(status, str(error.detail)),
        slug=slug,
        headers=dict(error.headers or {}),
    )


async def _unreadable(request: Request) -> JSONResponse:
    """FastAPI's one answer of 400: the body is not even text. It is a wrong field like any other."""
    refused = await _kept_out(request)
    if refused is not None:
        return refused
    detail = "The body is not JSON in UTF-8."
    return problem(
        request,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
        title="Invalid request",
        detail=detail,
        slug="invalid",
        errors=[FieldError("", detail)._asdict()],
    )


async def _unknown(request: Request, error: Exception) -> JSONResponse:
    # By the route's template: the path of a link that answers an invitation is itself a secret.
    log.error(
        "unexpected_error", route=template(request.scope.get("route")), error=type(error).__name__, exc_info=error
    )
    return problem(
        request,
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        title="Internal error",
        detail="Something went wrong on our side; it has been logged.",
        slug="internal",
    )
