"""Bodies written by older versions of an event, brought up to the newest when they are read."""

from collections.abc import Callable
from typing import Any

Body = dict[str, Any]

#: CloudEvents type of an older version → (type of the next version, the change that takes a body there).
UPCASTERS: dict[str, tuple[str, Callable[[Body], Body]]] = {}


def upcast(event_type: str, body: Body) -> Body:
    """Return `body` as the newest version of its event would have said it; every event is at v1 so far."""
    while event_type in UPCASTERS:
        event_type, change = UPCASTERS[event_type]
        body = change(body)
    return body
