"""What operations may see of a service: the records that it set aside, byte for byte."""

from base64 import b64encode
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from contracts.instants import from_milliseconds, shown
from contracts.refusals import Reason
from services.chassis.errors import InvalidRequestError
from services.chassis.operations.parked_shapes import ParkedGroups, ParkedPage
from services.chassis.projection.parked import Parked, key_of
from services.chassis.projection.parked_choice import Choice, State, id_of
from services.chassis.queries.answers import linked, tagged
from services.chassis.web.paging import read_cursor, write_cursor

States = Annotated[State | Literal["all"], Query(description="What became of them; `all` leaves nothing out.")]


def admin(parked: Parked) -> APIRouter:
    """Return `GET /v1/admin/parked` and `/groups`; what was redriven or discarded is listed where it is asked for."""
    router = APIRouter(prefix="/v1/admin/parked", tags=["operations"])

    @router.get("", summary="Records that could not be facts, newest first", response_model=ParkedPage)
    async def listed(  # noqa: PLR0913, PLR0917  the query of the contract
        request: Request,
        topic: str | None = None,
        partition: Annotated[int | None, Query(ge=0, le=2**31 - 1)] = None,
        offset: Annotated[int | None, Query(ge=0, le=2**63 - 1)] = None,
        reason: Reason | None = None,
        type: str | None = None,  # noqa: A002  the attribute's name
        state: States = State.PARKED,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Response:
        choice = Choice(topic, partition, offset, reason, type, states=_states(state))
        found = await parked.page(choice, before=_place(cursor), limit=limit + 1)
        following = write_cursor(key_of(found[limit - 1])) if len(found) > limit else None
        return linked(
            tagged({"items": [_item(each) for each in found[:limit]], "next": following}, None), request, following
        )

    @router.get("/groups", summary="How many are parked, by reason, type and topic", response_model=ParkedGroups)
    async def groups(
        topic: str | None = None,
        reason: Reason | None = None,
        type: str | None = None,  # noqa: A002  the attribute's name
        state: States = State.PARKED,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> Response:
        choice = Choice(topic=topic, reason=reason, type=type, states=_states(state))
        return tagged({"items": [_group(each) for each in await parked.groups(choice, limit=limit)]}, None)

    return router


def _states(state: State | Literal["all"]) -> tuple[State, ...]:
    return tuple(State) if state == "all" else (state,)


def _group(counted: dict[str, Any]) -> dict[str, Any]:
    return {**counted, **{name: shown(from_milliseconds(counted[name])) for name in ("first", "latest")}}


def _place(cursor: str | None) -> list[str | int] | None:
    if cursor is None:
        return None
    key = read_cursor(cursor)
    if [type(part) for part in key] != [int, str, int, int]:
        raise InvalidRequestError("`cursor` is not one that this route gave; start again without it.")
    return key


def _item(stored: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": id_of(stored),
        **{name: stored[name] for name in ("topic", "partition", "offset", "reason", "detail", "errors")},
        "type": stored.get("type"),
        "state": stored.get("state", State.PARKED),
        "attempts": stored.get("attempts", 0),
        "tries": [{**each, "at": shown(each["at"])} for each in stored.get("tries", [])],
        "recorded": shown(from_milliseconds(stored["recorded"])),
        "key": _base64(stored["key"]),
        "value": _base64(stored["value"]),
        "headers": [[name, _base64(value)] for name, value in stored["headers"]],
    }


def _base64(content: bytes | None) -> str | None:
    return None if content is None else b64encode(content).decode()
