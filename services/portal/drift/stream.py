"""The live stream of Drift: it looks at the services now and then, and says when they are not as they were."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from services.portal.backend import Backend, ServiceName
from services.portal.following import HEADERS, RETRY
from services.portal.guard import SignedOutError
from services.portal.visitors import visitor_of

EVERY_S = 2.0


def drift_stream(backend: Backend, closing: asyncio.Event) -> APIRouter:
    """Return `/drift/stream`; it ends when the token does, or when `closing` is set."""
    router = APIRouter(include_in_schema=False)

    @router.get("/drift/stream")
    async def stream(request: Request) -> StreamingResponse:
        told = _told(backend, visitor_of(request).token, closing)
        return StreamingResponse(told, headers=HEADERS, media_type="text/event-stream")

    return router


async def _told(backend: Backend, token: str, closing: asyncio.Event) -> AsyncIterator[str]:
    yield RETRY
    before = ""
    while not closing.is_set():
        try:
            seen = await _seen(backend, token)
        except SignedOutError:
            return
        yield ": still here\n\n" if seen == before else f"event: status\ndata: {seen}\n\n"
        before = seen
        try:
            await asyncio.wait_for(closing.wait(), EVERY_S)
        except TimeoutError:
            continue


async def _seen(backend: Backend, token: str) -> str:
    """Return what tells whether anything on the page is another than before."""
    asked = (backend.get_or_away(service, "/admin/status", token) for service in ServiceName)
    said = json.dumps(await asyncio.gather(*asked), sort_keys=True)
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
