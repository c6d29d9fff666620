"""The live streams of pages: they pass on that something is new, and let the page fetch what."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from services.portal.backend import Backend, ServiceAwayError, ServiceName
from services.portal.guard import SignedOutError
from services.portal.heard import Json
from services.portal.kommune.routes import visitor_of
from services.portal.overblik.picture import version

LastEventId = Annotated[str | None, Header()]
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
#: A proxy in between may end a connection that says nothing for long, in seconds.
SAY_SOMETHING_S = 15
RETRY = "retry: 2000\n\n"


#: What a page carries of that from which it was made, taken from what the service tells.
Version = Callable[[Json], str]


def stream_routes(backend: Backend, rollout: str, closing: asyncio.Event) -> APIRouter:
    """Return the streams; each ends when the token does, when the service stops telling, or when `closing` is set."""
    router = APIRouter(include_in_schema=False)
    whole = f"/rollouts/{rollout}"

    async def following(path: str, token: str, last_id: str | None, version: Version) -> StreamingResponse:
        # Asked once here, so that a service that is away is an answer of 503 and not an empty stream.
        await backend.get(ServiceName.TASKS, path, token)
        told = _told(backend, f"{path}/stream", token, last_id, Following(version, closing))
        return StreamingResponse(told, headers=HEADERS, media_type="text/event-stream")

    @router.get("/kommune/{code}/stream")
    async def municipality(request: Request, code: str, last_event_id: LastEventId = None) -> StreamingResponse:
        token = visitor_of(request, code).token
        return await following(f"{whole}/municipalities/{code}", token, last_event_id, positions)

    @router.get("/overblik/stream")
    async def overview(request: Request, last_event_id: LastEventId = None) -> StreamingResponse:
        return await following(whole, request.state.visitor.token, last_event_id, _figures)

    return router


class Following(NamedTuple):
    """How a stream is passed on: what of a view, and until when."""

    version: Version
    closing: asyncio.Event


def positions(view: Json) -> str:
    """Return the positions of a view, as the page that was made from it carries them."""
    return ",".join(f"{name}-{offset}" for name, offset in view["positions"].items())


def _figures(told: Json) -> str:
    return version(told["rollup"])


async def _told(
    backend: Backend, path: str, token: str, last_id: str | None, following: Following
) -> AsyncIterator[str]:
    yield RETRY
    try:
        async with backend.stream(ServiceName.TASKS, path, token, last_id) as lines:
            async for event in _events(lines, following):
                yield event
    except (ServiceAwayError, SignedOutError):
        return


async def _events(lines: AsyncIterator[str], passed: Following) -> AsyncIterator[str]:
    """Yield an event for each view that is told, and a comment where nothing is told for a while."""
    last_id = ""
    closed = asyncio.create_task(passed.closing.wait())
    following: asyncio.Task[str | None] | None = None
    try:
        while not passed.closing.is_set():
            following = following or asyncio.create_task(anext(lines, None))
            done, _ = await asyncio.wait(
                {following, closed}, timeout=SAY_SOMETHING_S, return_when=asyncio.FIRST_COMPLETED
            )
            if following not in done:
                yield ": still here\n\n"
                continue
            line, following = following.result(), None
            if line is None:
                return
            name, _, value = line.partition(": ")
            if name == "id":
                last_id = value
            elif name == "data":
                yield f"id: {last_id}\nevent: status\ndata: {passed.version(json.loads(value))}\n\n"
    finally:
        closed.cancel()
        if following is not None:
            following.cancel()
