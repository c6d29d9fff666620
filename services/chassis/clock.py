"""The clock and the source of new ids: the only place that asks the machine for either."""

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
