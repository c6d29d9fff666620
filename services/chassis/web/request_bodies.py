"""Request bodies without end are never read to it."""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from contracts.canonical import NotJsonError, read_json
from contracts.refusals import FieldError
from services.chassis.errors import InvalidRequestError, KlarmeldError
from services.chassis.web.access import known_first

#: Longest body of a command, in bytes: an event's own bound, and room for JSON's escapes.
MOST_BYTES = 64 * 1024


class TooLargeError(KlarmeldError):
    """The request holds more than its route takes at once."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    title = "Too large"
    slug = "too-large"


class BoundedRoute(APIRoute):
    """A route whose body is at most `most` bytes long; what is longer is answered as a problem like any other."""

    most = MOST_BYTES

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            try:
                body = await read_body(request, self.most, "shorten its texts")
                _read_strictly(request, body)
            except KlarmeldError:
                await known_first(request)
                raise

            async def receive() -> dict[str, Any]:
                return {"type": "http.request", "body": body, "more_body": False}

            return await handle(Request(request.scope, receive))

        return bounded


def _read_strictly(request: Request, body: bytes) -> None:
    """Refuse a body that says it is JSON and is not the JSON of the events: other encodings, NaN, endless nesting."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not body or not kind.endswith("json"):
        return
    try:
        read_json(body)
    except NotJsonError as error:
        detail = f"The body is not JSON in UTF-8: {error}."
        raise InvalidRequestError(detail, [FieldError("", detail)]) from None


class ListingRoute(BoundedRoute):
    """A route whose body may name ten thousand records."""

    most = 1024 * 1024


async def read_body(request: Request, most: int, remedy: str) -> bytes:
    """Return the body, but never read more of it than `most` bytes; TooLargeError says the remedy."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise TooLargeError(f"One request takes at most {most:,} bytes; {remedy}.")
    return bytes(body)
