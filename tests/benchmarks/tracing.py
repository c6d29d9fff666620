"""What traces cost: one service with and without them in turn, at the same pace of events."""

from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any, NamedTuple

from deploy.local.stack import Stack
from tests.benchmarks.running import Running, running
from tests.benchmarks.visible import time_to_visible
from tests.collector import Collector, running_collector
from tests.tokens import Issuer

#: Events a second, each asked for: enough that the processor time of a lap is not of the clock alone.
PER_SECOND = 100


class TracingLap(NamedTuple):
    """One lap: the waits in milliseconds, sorted; processor time of the service for an event; spans that arrived."""

    waits: list[float]
    cpu_us: float
    spans: int


async def tracing(stack: Stack, issuer: Issuer, *, seconds: int, repeat: int) -> dict[str, list[TracingLap]]:
    """Return the laps without traces, with the share that is kept unless set otherwise, and with every trace kept."""
    async with running_collector() as collector:
        where = {"KLARMELD_TRACING__ENDPOINT": collector.url}
        ways = {"off": {}, "on": where, "all": where | {"KLARMELD_TRACING__SAMPLED": "1"}}
        laps: dict[str, list[TracingLap]] = {name: [] for name in ways}
        for number in range(repeat):
            for name, own in ways.items():
                label = f"bench_tracing_{name}_{number}"
                laps[name].append(await _lap(stack, issuer, collector, label=label, seconds=seconds, own=own))
        return laps


#: What the laps of each way are called.
WAYS = {"off": "no traces", "on": "as the settings keep them unless said otherwise", "all": "every trace kept"}


def table(figures: Mapping[str, Any]) -> Iterator[str]:
    """Yield the medians of the laps of each way, and the lowest and highest processor time."""
    found = figures["tracing"]
    yield f"One service at {PER_SECOND} events/s, each asked for; medians of {len(found['off'])} laps in turn."
    yield ""
    yield "| Traces | time to visible p50, ms | p99, ms | processor time, µs an event | from to | spans |"
    yield "|---|---|---|---|---|---|"
    for way, words in WAYS.items():
        cpu = [each["cpu_us"] for each in found[way]]
        p50, p99 = (median(each["waits"][part] for each in found[way]) for part in ("p50", "p99"))
        spread = f"{min(cpu):,.0f}–{max(cpu):,.0f}"
        spans = median(each["spans"] for each in found[way])
        yield (f"| {words} | {p50:,.1f} | {p99:,.1f} | {median(cpu):,.0f} | {spread} | {spans:,.0f} |")


async def _lap(
    stack: Stack, issuer: Issuer, collector: Collector, *, label: str, seconds: int, own: Mapping[str, str]
) -> TracingLap:
    before = len(collector.spans)
    async with running("agreements", stack, issuer, label=label, own=own) as service:
        await _told(stack, service, issuer, seconds=1, label=f"{label}-warm")
        spent = service.cpu_seconds
        waits = await _told(stack, service, issuer, seconds=seconds, label=label)
        cpu = service.cpu_seconds - spent
    return TracingLap(waits, cpu / len(waits) * 1e6, len(collector.spans) - before)


async def _told(stack: Stack, service: Running, issuer: Issuer, *, seconds: int, label: str) -> list[float]:
    rollouts = [label.replace("_", "-")]
    return await time_to_visible(stack, service, issuer, per_second=PER_SECOND, seconds=seconds, rollouts=rollouts)
