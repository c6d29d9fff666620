"""What operations may see of a service: the records that it set aside, byte for byte."""

from base64 import b64encode
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from contracts.instants import from_milliseconds, shown
from contracts.refusals import Reason
from services.chassis.answers import linked, tagged
from services.chassis.errors import InvalidRequestError
from services.chassis.paging import read_cursor, write_cursor
from services.chassis.parked import Parked, key_of
from services.chassis.parked_choice import Choice


def admin(parked: Parked) -> APIRouter:
    """Return `GET /v1/admin/parked`."""
    router = APIRouter(prefix="/v1/admin", tags=["operations"])

    @router.get("/parked", summary="Records that could not be facts, newest first")
    async def listed(  # noqa: PLR0913, PLR0917  the query of the contract
        request: Request,
        topic: str | None = None,
        partition: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
        offset: Annotated[int | None, Query(ge=0, le=2**63 - 1)] = None,
        reason: Reason | None = None,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Response:
        chosen = Choice(topic, partition, offset, reason)
        found = await parked.page(chosen, before=_place(cursor), limit=limit + 1)
        following = write_cursor(key_of(found[limit - 1])) if len(found) > limit else None
        return linked(
            tagged({"items": [_item(each) for each in found[:limit]], "next": following}, None), request, following
        )

    return router


def _place(cursor: str | None) -> list[str | int] | None:
    if cursor is None:
        return None
    key = read_cursor(cursor)
    if [type(part) for part in key] != [int, str, int, int]:
        raise InvalidRequestError("`cursor` is not one that this route gave; start again without it.")
    return key


def _item(stored: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: stored[name] for name in ("topic", "partition", "offset", "reason", "detail", "errors")},
        "recorded": shown(from_milliseconds(stored["recorded"])),
        "key": _base64(stored["key"]),
        "value": _base64(stored["value"]),
        "headers": [[name, _base64(value)] for name, value in stored["headers"]],
    }


def _base64(content: bytes | None) -> str | None:
    return None if content is None else b64encode(content).decode()
