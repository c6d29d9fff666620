"""Server-sent events: the current view first, then every newer one, until the token expires or the service stops."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from contracts.facts import document_id
from services.chassis import clock, tracing
from services.chassis.queries.live import Channel, Live, Render
from services.chassis.queries.overview import Overviews
from services.chassis.queries.views import Views

#: A client that lost its connection waits this long before it comes back, in milliseconds.
RETRY_MS = 2_000

Rollout = Annotated[str, Path(description="The rollout, e.g. `efaktura-8b`.", examples=["efaktura-8b"])]
Code = Annotated[str, Path(description="The municipality's kommunekode, four digits.", examples=["0630"])]
LastEventId = Annotated[str | None, Header(description="The id of the last view that the client has.")]


def streams(live: Live, views: Views, overviews: Overviews) -> APIRouter:
    """Return `…/municipalities/{code}/stream` and `…/stream` of a rollout."""
    router = APIRouter(prefix="/v1/rollouts/{rollout}", tags=["live"])

    async def municipality_exists(rollout: Rollout, code: Code) -> None:
        await views.pair(rollout, code)

    async def rollout_exists(rollout: Rollout) -> None:
        await overviews.of(rollout)

    @router.get(
        "/municipalities/{code}/stream",
        summary="One municipality's view, live",
        response_class=EventSourceResponse,
        dependencies=[Depends(municipality_exists)],
    )
    async def municipality(
        request: Request, rollout: Rollout, code: Code, last_event_id: LastEventId = None
    ) -> AsyncIterator[ServerSentEvent]:
        async def render() -> dict[str, Any]:
            return (await views.shown(rollout, code)).view

        async for event in told(live, document_id(rollout, code), render, request, last_event_id):
            yield event

    @router.get(
        "/stream",
        summary="What the municipalities add up to, live",
        response_class=EventSourceResponse,
        dependencies=[Depends(rollout_exists)],
    )
    async def whole(
        request: Request, rollout: Rollout, last_event_id: LastEventId = None
    ) -> AsyncIterator[ServerSentEvent]:
        async def render() -> dict[str, Any]:
            return (await overviews.of(rollout)).rollup

        async for event in told(live, document_id(rollout, None), render, request, last_event_id):
            yield event

    return router


async def told(
    live: Live, key: str, render: Render, request: Request, last_id: str | None
) -> AsyncIterator[ServerSentEvent]:
    """Yield the view whenever it differs from what the client has; comments in between are the framework's."""
    async with live.channel(key, render) as channel:
        while True:
            with tracing.span("live view", links=live.written(key)):
                shown = await channel.current()
            if shown.etag != last_id:
                last_id = shown.etag
                yield ServerSentEvent(raw_data=shown.text, event="view", id=shown.etag, retry=RETRY_MS)
            if not await _changed(channel, shown.version, live, request):
                return


async def _changed(channel: Channel, version: int, live: Live, request: Request) -> bool:
    """Wait for a change; False when the token expires or the service stops before there is one."""
    changing = asyncio.create_task(channel.after(version))
    closing = asyncio.create_task(live.closing.wait())
    try:
        valid_s = max(0.0, request.state.expires - clock.now().timestamp())
        done, _ = await asyncio.wait({changing, closing}, timeout=valid_s, return_when=asyncio.FIRST_COMPLETED)
        return changing in done
    finally:
        changing.cancel()
        closing.cancel()
