"""The errors that cross a boundary: one base, each with the status that HTTP gives it."""

from collections.abc import Sequence
from http import HTTPStatus

from contracts.refusals import FieldError


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


class UnauthorizedError(KlarmeldError):
    """The caller has no valid access token."""

    status = HTTPStatus.UNAUTHORIZED
    title = "Unauthorized"
    slug = "unauthorized"


class ForbiddenError(KlarmeldError):
    """The caller is known, but none of its roles may do this."""

    status = HTTPStatus.FORBIDDEN
    title = "Forbidden"
    slug = "forbidden"


class KeysUnavailableError(KlarmeldError):
    """The issuer's keys can't be had, so nobody can be let in."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = "The issuer can't be reached"
    slug = "issuer-unavailable"


class ConflictError(KlarmeldError):
    """What is asked does not fit what has happened already."""

    status = HTTPStatus.CONFLICT
    title = "Conflict"
    slug = "conflict"


class InvalidRequestError(KlarmeldError):
    """The request says something that its fields don't allow."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = "Invalid request"
    slug = "invalid"


class TooManyRequestsError(KlarmeldError):
    """One client sends more than the door lets through."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    title = "Too many requests"
    slug = "too-many-requests"


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
