"""When what a command says has happened: now, unless a service plays a story and the command says an earlier time."""

from fastapi import Request

from contracts.instants import fixed, read_instant
from services.chassis import clock
from services.chassis.errors import InvalidRequestError

#: CloudEvents' attribute `time`, as its HTTP binding names it.
HEADER = "ce-time"


def happened(request: Request, *, past: bool) -> str:
    """Return the instant at which a command holds; InvalidRequestError for a time that may not be said here."""
    now, said = fixed(clock.now()), request.headers.get(HEADER)
    if said is None:
        return now
    if not past:
        raise InvalidRequestError(f"Commands hold from now; leave the header {HEADER} out.")
    try:
        instant = read_instant(said)
    except ValueError as error:
        raise InvalidRequestError(f"The header {HEADER} is no time: {error}.") from None
    if instant > now:
        raise InvalidRequestError(f"The header {HEADER} is a time to come; a command says what has happened.")
    return instant
