"""What is aimed at, and whether a run's figures reach it: a bar that nobody measured is said to be that."""

import statistics
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from tests.benchmarks.catching_up import rates

Figures = Mapping[str, Any]
#: Reads one figure of a run; None where the run did not measure it.
Figure = Callable[[Figures], float | None]
USUAL, BARE = "usual FastStream batch", "bare aiokafka"
STREAMS, STREAMS_TUNED = "Kafka Streams, 1 thread", "Kafka Streams, 2 threads, 256 MB of cache"


class Bar(NamedTuple):
    """One aim: its number, what is measured, in which unit, the bar, what is beyond it, and where the figure stands.

    Milliseconds and megabytes are at most the bar, multiples at least, but for those of `at_most`.
    """

    number: str
    words: str
    unit: str
    bar: float | None
    beyond: float | None
    figure: Figure
    at_most: bool = True


def aims(figures: Figures) -> Iterator[str]:
    """Yield the table of all bars."""
    yield "| | What | Bar | Beyond | Measured | |"
    yield "|---|---|---|---|---|---|"
    for each in BARS:
        found = each.figure(figures)
        limits = " | ".join(_limit(each, value) for value in (each.bar, each.beyond))
        shown = "–" if found is None else _told(found, each.unit)
        yield f"| {each.number} | {each.words} | {limits} | {shown} | {verdict(each, found)} |"
    yield ""


def verdict(bar: Bar, found: float | None) -> str:
    """Return how far a figure goes."""
    if found is None:
        return "not measured"
    if bar.beyond is not None and _reaches(bar, found, bar.beyond):
        return "beyond"
    if bar.bar is None:
        return "below what is hoped for"
    return "reached" if _reaches(bar, found, bar.bar) else "**not reached**"


def _reaches(bar: Bar, found: float, limit: float) -> bool:
    return found <= limit if bar.at_most else found >= limit


def _limit(bar: Bar, value: float | None) -> str:
    return "" if value is None else f"{'≤' if bar.at_most else '≥'} {value:g} {bar.unit}"


def _told(found: float, unit: str) -> str:
    return f"{found:.2f} {unit}" if unit == "×" else f"{found:,.1f} {unit}"


def _wait(key: str, part: str, within: str | None = None) -> Figure:
    def read(figures: Figures) -> float | None:
        place = figures if within is None else figures.get(within) or {}
        return place[key][part] if key in place else None

    return read


def _waits_ratio(within: str, above: str, below: str, part: str) -> Figure:
    def read(figures: Figures) -> float | None:
        found = figures.get(within)
        return found[above][part] / found[below][part] if found else None

    return read


def _multiple(workload: str, ours: str, theirs: str) -> Figure:
    """Return how to read a median rate as a multiple of another of the same run."""

    def read(figures: Figures) -> float | None:
        laps = _laps(figures, workload)
        middles = [statistics.median(rates(laps[each])) for each in (ours, theirs) if rates(laps.get(each, []))]
        return middles[0] / middles[1] if len(middles) == 2 else None

    return read


def _laps(figures: Figures, workload: str) -> Mapping[str, Any]:
    if workload == "rebuilding":
        return (figures.get("rebuilding") or {}).get("laps", {})
    return figures.get("catching_up", {}).get(workload, {})


def _loaded(figures: Figures) -> float | None:
    laps = _laps(figures, "spread").get("klarmeld", [])
    return max((each["rss_mb"] for each in laps), default=None)


def _growth(figures: Figures) -> float | None:
    """Return the dearest event, in processor time of service and database, as a multiple of the first ones' cost."""
    found = figures.get("growth")
    if not found:
        return None
    costs = [each["client_us"] + each["mongod_us"] for each in found]
    return max(costs) / costs[0]


def _least(number: str, words: str, bar: float | None, beyond: float | None, figure: Figure) -> Bar:
    return Bar(number, words, "×", bar, beyond, figure, at_most=False)


_SPREAD, _CAMPAIGN = partial(_multiple, "spread", "klarmeld"), partial(_multiple, "campaign", "klarmeld")
_MAILS, _REPLAY = partial(_waits_ratio, "mails", "beside", "quiet"), partial(_multiple, "rebuilding")
_VERIFYING = _waits_ratio("rebuilding", "beside", "alone", "p99")
BARS = (
    Bar("P1", "acknowledged → shown, 50 events/s, p50", "ms", 25, 8, _wait("visible_ms", "p50")),
    Bar("P1", "the same, p99", "ms", 100, 40, _wait("visible_ms", "p99")),
    Bar("P2", "the same at 1,000 events/s, p99", "ms", 500, 200, _wait("busy_ms", "p99")),
    _least("P3", "catching up, spread: Kafka Streams, 1 thread", 0.5, 1, _SPREAD(STREAMS)),
    _least("P3", "the same: usual FastStream batch", 15, None, _SPREAD(USUAL)),
    _least("P4", "catching up, campaign: Kafka Streams, 1 thread", 1, None, _CAMPAIGN(STREAMS)),
    _least("P4", "the same: bare aiokafka", None, 0.35, _CAMPAIGN(BARE)),
    _least("P5", "rebuild with digests: Kafka Streams, 2 threads", 1, 2, _REPLAY("rebuild", STREAMS_TUNED)),
    _least("P6", "verify: rebuild", 0.8, None, _REPLAY("verify", "rebuild")),
    Bar("P6", "acknowledged → shown beside verify, p99: without", "×", 2, None, _VERIFYING),
    Bar("P7", "overview of 98, p99", "ms", 50, 15, _wait("overview_ms", "p99")),
    Bar("P8", "view, explain and timeline of 200 facts asked at once, p99", "ms", 25, 10, _wait("page_ms", "p99")),
    Bar("P8", "view as of an earlier moment, p99", "ms", 25, 10, _wait("as_of_ms", "p99")),
    Bar("P9", "1,000 live clients, 200 not reading, p99 of the others", "ms", 2000, 500, _wait("live_ms", "p99")),
    Bar("P10", "memory of a service, idle", "MB", 120, 80, _wait("rss_mb", "idle")),
    Bar("P10", "memory of a service while it catches up", "MB", 250, 150, _loaded),
    Bar("P11", "cost of an event when rollouts have grown: at the first", "×", 1.2, None, _growth),
    Bar("", "the portal's page of a municipality, p50", "ms", 20, None, _wait("page_ms", "p50", "page")),
    Bar("", "acknowledged → shown beside mails, p50: without", "×", 1.2, None, _MAILS("p50")),
    Bar("", "the same, p99: without", "×", 1.2, None, _MAILS("p99")),
)
