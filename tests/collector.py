"""A collector of traces for tests: takes OTLP over HTTP, decodes it, and lets a test wait for the spans it expects."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from fastapi import FastAPI, Request, Response
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.tokens import free_port, served


class Seen(NamedTuple):
    """One span as it arrived."""

    service: str
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    links: list[tuple[str, str]]
    attributes: dict[str, Any]


class Collector:
    """What has arrived; `raw` is every byte of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.spans: list[Seen] = []
        self.raw: list[bytes] = []

    def take(self, body: bytes) -> None:
        self.raw.append(body)
        said = ExportTraceServiceRequest.FromString(body)
        for each in said.resource_spans:
            service = {a.key: a.value.string_value for a in each.resource.attributes}["service.name"]
            self.spans += [_seen(service, span) for scope in each.scope_spans for span in scope.spans]

    async def until(self, wanted: Callable[[Seen], bool], *, within_s: float = 60) -> Seen:
        """Return the first span that is wanted, once it has come."""
        async with asyncio.timeout(within_s):
            while not (found := [each for each in self.spans if wanted(each)]):
                await asyncio.sleep(0.05)
        return found[0]


def _seen(service: str, span: Any) -> Seen:
    attributes = {a.key: a.value.string_value or a.value.int_value for a in span.attributes}
    links = [(link.trace_id.hex(), link.span_id.hex()) for link in span.links]
    ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
    return Seen(service, span.name, *ids, links, attributes)


@asynccontextmanager
async def running_collector() -> AsyncIterator[Collector]:
    app = FastAPI()
    port = free_port()
    collector = Collector(f"http://127.0.0.1:{port}/v1/traces")

    @app.post("/v1/traces")
    async def take(request: Request) -> Response:
        collector.take(await request.body())
        return Response(media_type="application/x-protobuf")

    async with served(app, port):
        yield collector
