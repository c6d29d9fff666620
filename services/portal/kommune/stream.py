"""The live stream of one municipality: passes on that something is new, and lets the page fetch what."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from services.portal.backend import Backend, ServiceAwayError, ServiceName
from services.portal.guard import SignedOutError
from services.portal.kommune.routes import visitor_of

LastEventId = Annotated[str | None, Header()]
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
#: A proxy in between may end a connection that says nothing for long, in seconds.
SAY_SOMETHING_S = 15
RETRY = "retry: 2000\n\n"


def stream_routes(backend: Backend, rollout: str, closing: asyncio.Event) -> APIRouter:
    """Return the stream; it ends when the token does, when the service stops telling, or when `closing` is set."""
    router = APIRouter(include_in_schema=False)

    @router.get("/kommune/{code}/stream")
    async def live(request: Request, code: str, last_event_id: LastEventId = None) -> StreamingResponse:
        token = visitor_of(request, code).token
        path = f"/rollouts/{rollout}/municipalities/{code}/stream"
        # Asked once here, so that a service that is away is an answer of 503 and not an empty stream.
        await backend.get(ServiceName.TASKS, f"/rollouts/{rollout}/municipalities/{code}", token)
        telling = _told(backend, path, token, last_event_id, closing)
        return StreamingResponse(telling, headers=HEADERS, media_type="text/event-stream")

    return router


async def _told(
    backend: Backend, path: str, token: str, last_id: str | None, closing: asyncio.Event
) -> AsyncIterator[str]:
    yield RETRY
    try:
        async with backend.stream(ServiceName.TASKS, path, token, last_id) as lines:
            async for event in _events(lines, closing):
                yield event
    except (ServiceAwayError, SignedOutError):
        return


async def _events(lines: AsyncIterator[str], closing: asyncio.Event) -> AsyncIterator[str]:
    """Yield an event for each view that is told, and a comment where nothing is told for a while."""
    last_id = ""
    closed = asyncio.create_task(closing.wait())
    following: asyncio.Task[str | None] | None = None
    try:
        while not closing.is_set():
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
                yield f"id: {last_id}\nevent: status\ndata: {_version(value)}\n\n"
    finally:
        closed.cancel()
        if following is not None:
            following.cancel()


def _version(view: str) -> str:
    """Return the positions of a view, as the page that was made from it carries them."""
    positions = json.loads(view)["positions"]
    return ",".join(f"{name}-{offset}" for name, offset in positions.items())
