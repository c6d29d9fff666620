"""Spans on their way to the collector by OTLP over HTTP: sampled, few at a time, and dropped before they hold up."""

from collections.abc import Sequence

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes

from services.chassis.settings import TracingSettings
from services.chassis.tracing import EXPORT_S, MOST_LINKS, MOST_WAITING


def provider(service: str, settings: TracingSettings) -> TracerProvider:
    """Return what makes the spans of `service`; they wait in memory for a thread that tells the collector."""
    made = TracerProvider(
        sampler=ParentBased(WithItsLinks(settings.sampled)),
        resource=Resource({"service.name": service}),
        shutdown_on_exit=False,
    )
    exporter = OTLPSpanExporter(endpoint=settings.endpoint, timeout=EXPORT_S)
    made.add_span_processor(
        BatchSpanProcessor(
            exporter,
            max_queue_size=MOST_WAITING,
            schedule_delay_millis=1_000,
            max_export_batch_size=MOST_LINKS,
            export_timeout_millis=EXPORT_S * 1000,
        )
    )
    return made


class WithItsLinks(Sampler):
    """Keeps a span without a parent where one that it links to is kept, so that no trace ends at the log."""

    def __init__(self, ratio: float) -> None:
        self._alone = TraceIdRatioBased(ratio)

    def should_sample(  # noqa: PLR0913, PLR0917  as the library calls it
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        kept = any(each.context.trace_flags.sampled for each in links or ())
        sampler = ALWAYS_ON if kept else self._alone
        return sampler.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        return f"WithItsLinks{{{self._alone.get_description()}}}"
