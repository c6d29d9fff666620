"""The queries that every service answers, over its own projection."""

from typing import Annotated, Any

from contracts.explain import UnknownPathError, explain
from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from contracts.instants import read_instant
from contracts.refusals import FieldError
from services.chassis.errors import InvalidRequestError, NotFoundError
from services.chassis.overview import Overviews
from services.chassis.timeline import page
from services.chassis.views import Moment, Pair, Views, etag_of, read_position

Rollout = Annotated[str, Path(description="The rollout, e.g. `efaktura-8b`.", examples=["efaktura-8b"])]
Code = Annotated[str, Path(description="The municipality's kommunekode, four digits.", examples=["0630"])]
IfNoneMatch = Annotated[str | None, Header(description="The ETag of the view that the caller already has.")]
Instant = Annotated[str | None, Query(description="An RFC 3339 time with offset.")]
LONGEST_WAIT_S = 30
USUAL_WAIT_S = 5


def queries(views: Views, overviews: Overviews) -> APIRouter:
    """Return the routes; `views` and `overviews` are this service's own."""
    router = APIRouter(prefix="/v1/rollouts/{rollout}", tags=["progress"])

    @router.get("/municipalities/{code}", summary="One municipality's view")
    async def view(  # noqa: PLR0913, PLR0917  the query of the contract
        rollout: Rollout,
        code: Code,
        as_of: Instant = None,
        known_at: Instant = None,
        after: Annotated[str | None, Query(description="A position that the view must include.")] = None,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_S, description="Seconds to wait.")] = USUAL_WAIT_S,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        moment = Moment(_instant("as_of", as_of), _instant("known_at", known_at))
        pair = await _pair(views, rollout, code, after, wait)
        return tagged(await views.view(rollout, code, pair, moment), if_none_match)

    @router.get("/municipalities/{code}/facts", summary="One municipality's facts, newest first")
    async def facts(  # noqa: PLR0913, PLR0917
        request: Request,
        rollout: Rollout,
        code: Code,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        pair = await views.pair(rollout, code)
        found = page(pair.own.facts.values() if pair.own else (), cursor=cursor, limit=limit)
        response = tagged(found, if_none_match)
        if found["next"]:
            following = request.url.include_query_params(cursor=found["next"])
            response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
        return response

    @router.get("/municipalities/{code}/explain", summary="The facts and the rule behind one value")
    async def explained(
        rollout: Rollout,
        code: Code,
        path: Annotated[str, Query(description="A value in `progress`.", examples=["agreement.state"])],
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        pair = await views.pair(rollout, code)
        return tagged(_explanation(pair, path), if_none_match)

    @router.get("/municipalities", summary="All 98 municipalities, a row each")
    async def overview(rollout: Rollout, if_none_match: IfNoneMatch = None) -> Response:
        return tagged(await overviews.overview(rollout), if_none_match)

    @router.get("", summary="What the municipalities add up to")
    async def rollup(rollout: Rollout, if_none_match: IfNoneMatch = None) -> Response:
        return tagged(await overviews.rollup(rollout), if_none_match)

    return router


def tagged(body: dict[str, Any], if_none_match: str | None) -> Response:
    """Return `body` with its ETag, or 304 where the caller has it already."""
    etag = etag_of(body)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    given = {each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")}
    if etag in given or "*" in given:
        return Response(status_code=304, headers=headers)
    return JSONResponse(body, headers=headers)


async def _pair(views: Views, rollout: str, code: str, after: str | None, wait: float) -> Pair:
    if after is None:
        return await views.pair(rollout, code)
    return await views.pair_after(rollout, code, read_position(after), wait)


def _instant(name: str, text: str | None) -> str | None:
    try:
        # In a query string an unescaped plus sign arrives as a space; only an offset can hold one.
        return read_instant(text.replace(" ", "+")) if text else None
    except ValueError as error:
        errors = [FieldError(f"/query/{name}", str(error))]
        raise InvalidRequestError(f"`{name}` is not a time: {error}.", errors) from None


def _explanation(pair: Pair, path: str) -> dict[str, Any]:
    try:
        own, whole = pair.settled(Moment())
        return explain(own, whole, path)
    except UnknownPathError as error:
        raise NotFoundError(str(error)) from None
