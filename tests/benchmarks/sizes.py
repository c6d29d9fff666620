"""What sizing rests on, as the document shows it: the measured costs of one run, and what follows for a start."""

import statistics
from collections.abc import Iterator, Mapping
from typing import Any

from tests.benchmarks import scale, workload

BEGIN, END = "<!-- sizes: made by `python -m tests.benchmarks report` -->\n", "<!-- end of sizes -->\n"
#: Rollouts of which it is said how long a service that begins from nothing needs.
ROLLOUTS = 50
WORKLOADS = {"spread": "different documents", "campaign": "one rollout after another"}


def table(figures: Mapping[str, Any]) -> Iterator[str]:
    """Yield a row for each figure of the run, and the time that a new service needs."""
    yield f"Every figure is of the run of {figures['at']} in [performance.json](performance.json)."
    yield f"It was made on {figures['machine']}, {figures['cores']} cores, by `{figures['command']}`."
    yield ""
    yield "| What | Figure |"
    yield "|---|---|"
    for name, words in WORKLOADS.items():
        yield from _caught_up(figures["catching_up"][name]["klarmeld"], words)
    yield f"| Memory of a service, idle and catching up | {_memory(figures)} |"
    if "overview_ms" in figures:
        yield f"| Overview of {len(workload.CODES)} municipalities | {_wait(figures['overview_ms'])} |"
    if "live_ms" in figures:
        yield f"| From a fact to who watches it, among many who watch | {_wait(figures['live_ms'])} |"
    yield ""
    yield from _start(scale.cost(figures).rate)


def _caught_up(laps: list[dict[str, Any]], words: str) -> Iterator[str]:
    right = [each for each in laps if each["right"]]
    rate, *spent = (
        statistics.median(each[name] for each in right) for name in ("rate", "client_us", "broker_us", "mongod_us")
    )
    yield f"| Catching up, one service, {words} | {rate:,.0f} events/s, median of {len(right)} |"
    times = ", ".join(f"{each:,.0f}" for each in spent)
    yield f"| Processor time of an event, {words}: service, broker, mongod | {times} µs |"


def _memory(figures: Mapping[str, Any]) -> str:
    most = max(lap["rss_mb"] for name in WORKLOADS for lap in figures["catching_up"][name]["klarmeld"])
    return f"{figures['rss_mb']['idle']:,.0f} MB, {most:,.0f} MB"


def _wait(waits: Mapping[str, float]) -> str:
    return f"{waits['p50']:,.1f} ms p50, {waits['p99']:,.1f} ms p99"


def _start(rate: float) -> Iterator[str]:
    one = scale.EVENTS * len(workload.CODES)
    yield f"Assumed: {scale.EVENTS} events for each municipality of a rollout, so {one:,} events for each rollout."
    yield (
        f"Then {ROLLOUTS} rollouts are {ROLLOUTS * one:,} events; read at {rate:,.0f} events/s that is "
        f"{ROLLOUTS * one / rate:,.0f} s for a service that begins from nothing."
    )
