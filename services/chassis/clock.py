"""The clock and the source of new ids: the only place that asks the machine for either."""

import asyncio
import time
from datetime import UTC, datetime
from uuid import uuid4  # noqa: TID251  this module is its home


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)  # noqa: TID251  this module is its home


def now_ms() -> int:
    """Return the present moment in milliseconds since 1970, as Kafka counts."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """Return a new id for an event, 36 characters."""
    return str(uuid4())


async def pause(seconds: float) -> None:
    """Sleep between two rounds of a loop; end the task where it was cancelled and the cancellation got lost.

    `asyncio.wait_for` of Python 3.11, which PyMongo writes through, loses one that arrives as its own work ends.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
    await asyncio.sleep(seconds)
