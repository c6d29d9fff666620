"""A reader's place on the log, and waiting for documents to have come that far."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from itertools import chain, repeat
from typing import NamedTuple, TypeVar

from services.chassis.errors import InvalidRequestError, NotFoundError, PositionNotReachedError
from services.chassis.projection.arrivals import Arrival

#: A waiting reader looks at these intervals, in seconds, even where nothing is heard: a change stream can break off.
#: They grow, for where many wait it is because the service is behind, and looking would hold it up further.
LOOK_AFTER_S = (0.2, 0.4, 0.8)
_POSITION = re.compile(r"(agreements|notifications|tasks)-(\d{1,9})-(\d{1,18})", re.ASCII)


class Position(NamedTuple):
    """A place on the log, as in `agreements-3-1042`."""

    partition: str
    offset: int


Found = TypeVar("Found")


def read_position(text: str) -> Position:
    """Return the position in `agreements-3-1042`; InvalidRequestError says what is expected."""
    match = _POSITION.fullmatch(text)
    if match is None:
        raise InvalidRequestError("`after` is a position like agreements-3-1042, as a command's answer gives it.")
    topic, partition, offset = match.groups()
    return Position(f"{topic}-{int(partition)}", int(offset))


async def reached(
    look: Callable[[], Awaitable[Found]],
    includes: Callable[[Found], bool],
    after: Position,
    *,
    arrival: Arrival,
    wait_s: float,
) -> Found:
    """Look whenever something has arrived, until what is found `includes` it; PositionNotReachedError after `wait_s`.

    What does not exist yet is waited for too: NotFoundError is raised when the time has passed.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + wait_s
    pauses = chain(LOOK_AFTER_S, repeat(LOOK_AFTER_S[-1]))
    while True:
        arrival.looking()
        try:
            found = await look()
        except NotFoundError:
            if loop.time() >= end:
                raise
        else:
            if includes(found):
                return found
        if loop.time() >= end:
            raise PositionNotReachedError(
                f"The view does not include {after.partition}-{after.offset} after {wait_s:g} s; ask again, "
                "or look whether the record was about another municipality, or parked.",
                retry_after=1,
            )
        await arrival.within(min(next(pauses), max(0.0, end - loop.time())))
