"""The queries that every service answers, over its own projection."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from contracts.diff import differences
from contracts.explain import UnknownPathError
from contracts.instants import read_instant
from contracts.refusals import FieldError
from contracts.tracks.stage import Stage
from services.chassis.errors import InvalidRequestError, NotFoundError
from services.chassis.queries.answer_shapes import Differences, Explanation, Explanations, Overview, Rollup, Timeline
from services.chassis.queries.answers import linked, tagged, tagged_bytes
from services.chassis.queries.overview import Form, Overviews
from services.chassis.queries.positions import read_position
from services.chassis.queries.selection import Order, Selection
from services.chassis.queries.timeline import page
from services.chassis.queries.view_shape import View
from services.chassis.queries.views import NOW, Moment, Pair, Shown, Views

Rollout = Annotated[str, Path(description="The rollout, e.g. `efaktura-8b`.", examples=["efaktura-8b"])]
Code = Annotated[str, Path(description="The municipality's kommunekode, four digits.", examples=["0630"])]
IfNoneMatch = Annotated[str | None, Header(description="The ETag of the view that the caller already has.")]
Instant = Annotated[str | None, Query(description="An RFC 3339 time with offset.")]
LONGEST_WAIT_S = 30
USUAL_WAIT_S = 5
After = Annotated[str | None, Query(description="A position that the view must include.")]
Wait = Annotated[float, Query(ge=0, le=LONGEST_WAIT_S, description="Seconds to wait.")]
MEDIA_TYPES: Mapping[Form, str] = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


def queries(views: Views, overviews: Overviews) -> APIRouter:
    """Return the routes; `views` and `overviews` are this service's own."""
    router = APIRouter(prefix="/v1/rollouts/{rollout}", tags=["progress"])

    @router.get("/municipalities/{code}", summary="One municipality's view", response_model=View)
    async def view(  # noqa: PLR0913, PLR0917  the query of the contract
        rollout: Rollout,
        code: Code,
        as_of: Instant = None,
        known_at: Instant = None,
        after: After = None,
        wait: Wait = USUAL_WAIT_S,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        moment = Moment(_instant("as_of", as_of), _instant("known_at", known_at))
        shown = await shown_with(views, rollout, code, after, wait, moment)
        return tagged(shown.view, if_none_match)

    @router.get(
        "/municipalities/{code}/facts", summary="One municipality's facts, newest first", response_model=Timeline
    )
    async def facts(  # noqa: PLR0913
        request: Request,
        rollout: Rollout,
        code: Code,
        cursor: str | None = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        *,
        whole: Annotated[
            bool, Query(description="The rollout's own facts too, without who else they concern.")
        ] = False,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        pair = await views.pair(rollout, code)
        told = [each.facts.values() if each else () for each in (pair.own, pair.rollout if whole else None)]
        found = page(*told, cursor=cursor, limit=limit)
        return linked(tagged(found, if_none_match), request, found["next"])

    @router.get(
        "/municipalities/{code}/explain", summary="The facts and the rule behind one value", response_model=Explanation
    )
    async def explained(
        rollout: Rollout,
        code: Code,
        path: Annotated[str, Query(description="A value in `progress`.", examples=["agreement.state"])],
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        pair = await views.pair(rollout, code)
        return tagged(_explanation(views, pair, path), if_none_match)

    @router.get(
        "/municipalities/{code}/explanations",
        summary="The facts and the rule behind each track",
        response_model=Explanations,
    )
    async def explanations(rollout: Rollout, code: Code, if_none_match: IfNoneMatch = None) -> Response:
        """Answer for all tracks that this service shows what `explain` answers for one value."""
        return tagged({"items": views.explanations(await views.pair(rollout, code))}, if_none_match)

    @router.get(
        "/municipalities/{code}/diff",
        summary="What differs between two moments of one municipality",
        response_model=Differences,
    )
    async def diff(  # noqa: PLR0913, PLR0917
        rollout: Rollout,
        code: Code,
        since: Annotated[str, Query(alias="from", description="What held then: an RFC 3339 time.")],
        until: Annotated[
            str | None, Query(alias="to", description="The same for the other moment; now if absent.")
        ] = None,
        known_from: Instant = None,
        known_to: Instant = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        pair = await views.pair(rollout, code)
        before = views.progress(pair, Moment(_instant("from", since), _instant("known_from", known_from)))
        after = views.progress(pair, Moment(_instant("to", until), _instant("known_to", known_to)))
        return tagged(
            {"rollout": rollout, "municipality": code, "differences": differences(before, after)}, if_none_match
        )

    @router.get(
        "/municipalities",
        summary="All 98 municipalities, a row each",
        response_model=Overview,
        responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
    )
    async def overview(
        rollout: Rollout, chosen: Annotated[Chosen, Query()], if_none_match: IfNoneMatch = None
    ) -> Response:
        content = (await overviews.of(rollout)).answer(chosen.selection, chosen.format)
        return tagged_bytes(content, if_none_match, media_type=MEDIA_TYPES[chosen.format])

    @router.get("", summary="What the municipalities add up to", response_model=Rollup)
    async def rollup(rollout: Rollout, if_none_match: IfNoneMatch = None) -> Response:
        return tagged((await overviews.of(rollout)).rollup, if_none_match)

    return router


class Chosen(BaseModel):
    """The query of the overview."""

    model_config = ConfigDict(extra="forbid")

    stage: Stage | None = Field(None, description="Only municipalities at this stage.")
    turn: Literal["municipality", "eg", "nobody"] | None = Field(None, description="Only those whose turn it is.")
    region: str | None = Field(None, max_length=40, description="Only this region.", examples=["Syddanmark"])
    older_than: int | None = Field(None, ge=0, le=3_650, description="Only the same status for at least so many days.")
    q: str | None = Field(None, max_length=100, description="Only names or codes that hold this.")
    sort: Order = Field("municipality", description="The column to order by.")
    order: Literal["asc", "desc"] = Field("asc", description="Which way.")
    format: Form = Field("json", description="CSV for a spreadsheet: UTF-8 with BOM, semicolons.")

    @property
    def selection(self) -> Selection:
        descending = self.order == "desc"
        return Selection(self.stage, self.turn, self.region, self.older_than, self.q, self.sort, descending)


async def shown_with(  # noqa: PLR0913, PLR0917  the query of a view
    views: Views, rollout: str, code: str, after: str | None, wait: float, moment: Moment = NOW
) -> Shown:
    """Return a municipality's view, with the position `after` in it where a reader asks for one."""
    if after is None:
        return await views.shown(rollout, code, moment)
    return await views.shown_after(rollout, code, read_position(after), wait, moment)


def _instant(name: str, text: str | None) -> str | None:
    try:
        # In a query string an unescaped plus sign arrives as a space; only an offset can hold one.
        return read_instant(text.replace(" ", "+")) if text else None
    except ValueError as error:
        errors = [FieldError(f"/query/{name}", str(error))]
        raise InvalidRequestError(f"`{name}` is not a time: {error}.", errors) from None


def _explanation(views: Views, pair: Pair, path: str) -> dict[str, Any]:
    try:
        return views.explanation(pair, path)
    except UnknownPathError as error:
        raise NotFoundError(str(error)) from None
