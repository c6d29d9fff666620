"""The errors that cross a boundary: one base, each with the status that HTTP gives it."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import NamedTuple


class FieldError(NamedTuple):
    """What is wrong with one field; `pointer` is a JSON pointer (RFC 6901) into what the client sent."""

    pointer: str
    detail: str


class KlarmeldError(Exception):
    """Base of every error with a meaning for the caller; `detail` is one sentence with the remedy in it."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    title = "Internal error"
    slug = "internal"

    def __init__(self, detail: str, errors: Sequence[FieldError] = (), retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after


class NotFoundError(KlarmeldError):
    """There is no such thing, or none that the caller may know of: the two answer alike."""

    status = HTTPStatus.NOT_FOUND
    title = "Not found"
    slug = "not-found"


class InvalidRequestError(KlarmeldError):
    """The request says something that its fields don't allow."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "Invalid request"
    slug = "invalid"


class PositionNotReachedError(KlarmeldError):
    """The view does not yet include the position that the caller asked for."""

    status = HTTPStatus.GATEWAY_TIMEOUT
    title = "Position not reached"
    slug = "position-not-reached"


class LogUnavailableError(KlarmeldError):
    """Kafka did not take the event in time; it may or may not be on the log, so the same event may be sent again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "The log can't be reached"
    slug = "log-unavailable"


class StoreUnavailableError(KlarmeldError):
    """MongoDB did not answer in time."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "The database can't be reached"
    slug = "store-unavailable"
