"""Traces from an event to the page: W3C context in and out, spans that name nobody, and nothing at all where off."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from threading import Thread
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from services.chassis.settings import TracingSettings

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider

#: The name of the W3C header, in HTTP and on the log alike; CloudEvents call the attribute the same.
HEADER = "traceparent"
#: Most contexts that one span links to.
MOST_LINKS = 128
#: Spans that may wait for the collector; what comes then is dropped, so that one that is away costs no more than this.
MOST_WAITING = 2_048
#: Longest wait for the collector to take spans, and for the last of them when a process ends, in seconds.
EXPORT_S, ENDING_S = 2.0, 1.0

_PROPAGATOR = TraceContextTextMapPropagator()
#: This process's own provider, once there is one. It is not the global one: what libraries tell by that, FastAPI
#: among them, holds paths and the words of errors.
_PROVIDER: list["TracerProvider"] = []


def configure(service: str, settings: TracingSettings) -> None:
    """Send the spans of this process to the collector of the settings; without one there are none."""
    if settings.endpoint is None:
        return
    # Loaded only where it is used: a process without tracing carries none of it.
    from services.chassis import span_export  # noqa: PLC0415

    _PROVIDER.append(span_export.provider(service, settings))


def finish() -> None:
    """Give the collector a moment to take the last spans."""
    for each in _PROVIDER:
        ending = Thread(target=each.shutdown, daemon=True)
        ending.start()
        ending.join(ENDING_S)


def on() -> bool:
    return bool(_PROVIDER)


@contextmanager
def span(
    name: str,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    parent: str | None = None,
    links: Iterable[str] = (),
    attributes: Mapping[str, str | int] | None = None,
) -> Iterator[Span]:
    """Run the block as a span, below the current one unless `parent` is given; `links` are contexts as in HEADER.

    An error is told by its type alone: what it says can hold what somebody wrote.
    """
    if not on():
        yield trace.INVALID_SPAN
        return
    with (
        _PROVIDER[0]
        .get_tracer("klarmeld")
        .start_as_current_span(
            name,
            context=_below(parent) if parent else None,
            kind=kind,
            links=[Link(each) for each in contexts(links)],
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as running
    ):
        try:
            yield running
        except BaseException as error:
            running.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


@contextmanager
def answering(name: str, parent: str | None) -> Iterator[Span]:
    """Run the block below the span of a request, which its answer ends, or the end of the block does."""
    context = _below(parent) if parent else None
    running = _PROVIDER[0].get_tracer("klarmeld").start_span(name, context=context, kind=SpanKind.SERVER)
    try:
        with trace.use_span(running, record_exception=False, set_status_on_exception=False):
            yield running
    except BaseException as error:
        running.set_status(Status(StatusCode.ERROR, type(error).__name__))
        raise
    finally:
        if running.is_recording():
            running.end()


def contexts(said: Iterable[str]) -> Sequence[SpanContext]:
    """Return the valid ones of some contexts, each once and no more than a span may link to."""
    distinct = islice(dict.fromkeys(said), MOST_LINKS)
    found = (trace.get_current_span(_below(each)).get_span_context() for each in distinct)
    return [each for each in found if each.is_valid]


def outgoing() -> dict[str, str]:
    """Return the header that hands the current context on; nothing where there is none."""
    carrier: dict[str, str] = {}
    if on():
        _PROPAGATOR.inject(carrier)
    return {name: value for name, value in carrier.items() if name == HEADER}


def ids() -> dict[str, str]:
    """Return the ids by which a log line is found from its trace, and the trace from the line."""
    here = trace.get_current_span().get_span_context()
    if not here.is_valid:
        return {}
    return {"trace_id": trace.format_trace_id(here.trace_id), "span_id": trace.format_span_id(here.span_id)}


def of_headers(headers: Iterable[tuple[str, bytes | None]]) -> Iterator[str]:
    """Yield the contexts among a record's headers: who put it on the log, and where the event began."""
    for name, value in headers:
        if value is not None and name in {HEADER, f"ce_{HEADER}"}:
            yield value.decode("ascii", "replace")


def _below(said: str) -> "Context":
    """Return the context that a header names; `tracestate` is left out, since anything could stand in it."""
    return _PROPAGATOR.extract({HEADER: said})
