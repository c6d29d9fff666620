"""One group of parked records: why, what and where, and how a service is told which records are meant."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from contracts.refusals import Reason
from services.chassis.errors import InvalidRequestError
from services.portal.backend import Backend, ServiceName
from services.portal.heard import Json

#: Records of one page, and most records without a type that are named one by one.
OF_A_PAGE = 50
MOST_NAMED = 10_000
_AT_ONCE = 500


@dataclass(frozen=True)
class Group:
    """What the address of a group says; no `type` means records that name none."""

    reason: Annotated[Reason, Query()]
    topic: Annotated[str, Query(max_length=200)]
    type: Annotated[str | None, Query(max_length=200)] = None

    @property
    def query(self) -> str:
        """The part of an address that says the same."""
        said = {"reason": self.reason.value, "topic": self.topic, "type": self.type}
        return urlencode({name: value for name, value in said.items() if value is not None})


async def selection(backend: Backend, service: ServiceName, group: Group, token: str) -> Json:
    """Return what the service takes for exactly this group.

    It selects by a type, and has no word for having none; so those are named one by one.
    """
    if group.type is not None:
        return {"reason": group.reason.value, "topic": group.topic, "type": group.type}
    return {"ids": await _untyped(backend, service, group, token), "state": "parked"}


async def page_of(  # noqa: PLR0913, PLR0917  the parts of a request
    backend: Backend, service: ServiceName, group: Group, token: str, cursor: str | None, limit: int = OF_A_PAGE
) -> Json:
    """Return records of the group, newest first, with `next`; records of another type are left out of it."""
    found = await backend.get(
        service,
        "/admin/parked",
        token,
        reason=group.reason.value,
        topic=group.topic,
        type=group.type,
        cursor=cursor,
        limit=limit,
    )
    return {**found, "items": [each for each in found["items"] if each["type"] == group.type]}


async def _untyped(backend: Backend, service: ServiceName, group: Group, token: str) -> list[str]:
    ids: list[str] = []
    cursor: str | None = None
    while True:
        found = await page_of(backend, service, group, token, cursor, _AT_ONCE)
        ids += [each["id"] for each in found["items"]]
        if len(ids) > MOST_NAMED:
            raise InvalidRequestError(f"More than {MOST_NAMED:,} records; klarmeld parked takes them by place.")
        cursor = found["next"]
        if cursor is None:
            return ids
