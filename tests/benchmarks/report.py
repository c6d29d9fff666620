"""Figures as people read them: Markdown tables and a chart in deploy/docs, made from the raw figures of one run."""

import json
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.benchmarks import budget_table, scale, sizes
from tests.benchmarks.bars import aims
from tests.benchmarks.catching_up import rates
from tests.benchmarks.queries import QUESTIONS
from tests.stack import REPOSITORY

DOCS = REPOSITORY / "deploy" / "docs"
BEGIN, END = "<!-- figures: made by `python -m tests.benchmarks report` -->\n", "<!-- end of figures -->\n"
#: Rates are shown as multiples of these candidates'.
BESIDE = ("usual FastStream batch", "Kafka Streams, 1 thread", "bare aiokafka")
#: The chart's measures, in pixels.
WIDTH, BAR, GAP, LEFT = 760, 22, 10, 380

Figures = Mapping[str, Any]
Said = Callable[[Figures], Iterator[str]]


def write(figures: Figures, docs: Path = DOCS) -> None:
    """Put the tables between their marks in performance.md and sizing.md, and chart and raw figures beside them."""
    _put(docs / "performance.md", BEGIN, markdown(figures), END)
    _put(docs / "sizing.md", sizes.BEGIN, "".join(f"{line}\n" for line in sizes.table(figures)), sizes.END)
    _put(docs / "sizing.md", scale.BEGIN, "".join(f"{line}\n" for line in scale.table(figures)), scale.END)
    (docs / "performance.svg").write_text(chart(figures), encoding="utf-8")
    (docs / "performance.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def _put(page: Path, begin: str, tables: str, end: str) -> None:
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(before + begin + tables + end + after, encoding="utf-8")


def markdown(figures: Figures) -> str:
    """Return all tables."""
    parts = (_head, aims, _waits, budget, page, mails, rebuilding, redriving, growth, _catching_up)
    return "\n".join(line for part in parts for line in part(figures)) + "\n"


def versions() -> dict[str, str]:
    """Return the versions of what the figures rest on most."""
    ours = {name: version(name) for name in ("faststream", "aiokafka", "pymongo", "pydantic")}
    lock = (REPOSITORY / "requirements" / "bench.txt").read_text(encoding="utf-8")
    peers = {name: _after(lock, f"{name}==").split()[0] for name in ("quixstreams", "confluent-kafka")}
    maven = (REPOSITORY / "tests" / "benchmarks" / "kafka_streams" / "pom.xml").read_text(encoding="utf-8")
    streams = _after(_after(maven, "<artifactId>kafka-streams</artifactId>"), "<version>").partition("<")[0]
    return ours | peers | {"kafka-streams": streams}


def _after(text: str, words: str) -> str:
    return text.partition(words)[2]


def _head(figures: Figures) -> Iterator[str]:
    said = ", ".join(f"{name} {number}" for name, number in figures["versions"].items())
    yield f"{figures['at']}, {figures['machine']}; {said}."
    yield f"Load of the machine by others when it began: {figures['load']:.1f} on {figures['cores']} cores."
    yield f"Command: `{figures['command']}`."
    for name, reason in figures.get("missing", {}).items():
        yield f"Not measured: {name}; {reason}."
    yield ""


def _part(name: str, what: str) -> Callable[[Said], Said]:
    """Return a decorator of what is said of one part's figures; of a part that was not measured, it says so."""

    def decorated(say: Said) -> Said:
        @wraps(say)
        def said(figures: Figures) -> Iterator[str]:
            if name in figures:
                yield from say(figures[name])
            else:
                yield f"Not measured in this run: {what}; `python -m tests.benchmarks {name}` does."
                yield ""

        return said

    return decorated


def waits(figures: Figures, words: Mapping[str, str], title: str = "Milliseconds") -> Iterator[str]:
    """Yield a table of the waits that `words` names."""
    yield f"| {title} | p50 | p99 |"
    yield "|---|---|---|"
    for key, each in words.items():
        yield f"| {each} | {figures[key]['p50']:.1f} | {figures[key]['p99']:.1f} |"


def _waits(figures: Figures) -> Iterator[str]:
    yield from waits(figures, WAITS)
    idle, loaded = figures["rss_mb"]["idle"], max(_column(figures["catching_up"]["spread"]["klarmeld"], "rss_mb"))
    yield ""
    yield f"Memory of a service (RSS): {idle:.0f} MB idle, {loaded:.0f} MB while it catches up."
    yield ""


ASKED = {name: f"{each.words}, 20 requests/s" for name, each in QUESTIONS.items()}
WAITS = {
    "visible_ms": "acknowledged by Kafka → GET shows it, 50 events/s",
    "busy_ms": "the same at 1,000 events/s",
    "live_ms": "acknowledged by Kafka → byte at a live client, a fifth of them not reading",
    **ASKED,
}


budget = _part("budget", "the legs of time to visible")(budget_table.table)


@_part("page", "the municipality's page")
def page(found: Figures) -> Iterator[str]:
    """Yield how long the portal takes to answer a municipality's page, beside what it asks the services for."""
    title = f"A municipality's page of {found['facts']} facts, 3 requests/s, milliseconds"
    yield from waits(found, PAGE_WORDS, title)
    yield ""
    yield f"The page is {found['kilobytes']:.1f} KB as it is sent, compressed."
    yield ""


PAGE_WORDS = {
    "page_ms": "the whole page, from the request to its last byte",
    "calls_ms": "what it asks the services for, asked at once without the portal",
    "seen_ms": "a form sent in one browser → another has been told and has fetched the page with it",
}


@_part("mails", "mails beside the projection")
def mails(found: Figures) -> Iterator[str]:
    """Yield what mails and the projection are to each other."""
    words = {"quiet": "no mails", "beside": f"while {found['mails']:,} mails leave"}
    yield from waits(found, words, "Time to visible in the service that mails, 50 events/s, milliseconds")
    yield ""
    laps = ", ".join(f"{before:.1f} → {after:.1f}" for before, after in found["laps"])
    yield f"Medians, window by window: {laps} ms."
    yield (
        f"Mails: {found['mails'] / found['seconds'] * 60:,.0f} a minute to a local server, {found['twice']} twice. "
        "One takes the service "
        f"{found['cpu_ms']:.1f} ms of processor time and {found['asked']:.2f} questions to MongoDB. "
        f"Facts of {found['compared']} roles read and compared with the ledger: {found['compared_s'] * 1000:,.0f} ms."
    )
    yield ""


@_part("redriving", "redriving parked records")
def redriving(found: Figures) -> Iterator[str]:
    """Yield how long an operator waits for parked records."""
    told = f"{found['records']:,} records in {found['seconds']:.1f} s, {found['left']} of them parked still"
    yield f"Redriven by the command: {told}."
    yield ""


@_part("rebuilding", "rebuild and verify")
def rebuilding(found: Figures) -> Iterator[str]:
    """Yield the rates of rebuild and verify beside their peer's, and what a verify is to readers."""
    yield f"Rebuild and verify, {found['records']:,} events in random order, digests compared:"
    yield ""
    yield f"| {' | '.join(REPLAY_COLUMNS)} |"
    yield f"|{'---|' * len(REPLAY_COLUMNS)}"
    laps = found["laps"]
    beside = [_median_rate(laps, each) if rates(laps.get(each, [])) else None for each in (REPLAYING_PEER, "rebuild")]
    for candidate, several in laps.items():
        yield _replayed(candidate, several, beside)
    yield ""
    words = {"alone": "nothing beside", "beside": "verify beside, again and again"}
    yield from waits(found, words, "Time to visible, 50 events/s, milliseconds")
    yield ""


REPLAY_COLUMNS = (
    "Candidate", "events/s, median", "spread", "× Kafka Streams", "× rebuild",
    "µs/event client", "broker", "mongod", "MB",
)  # fmt: skip
#: The peer of a rebuild; `MB` of both are all their processes at their largest.
REPLAYING_PEER = "Kafka Streams, 2 threads, 256 MB of cache"


def _replayed(candidate: str, several: Sequence[Figures], beside: Sequence[float | None]) -> str:
    counted = rates(several)
    if not counted:
        return f"| {candidate} | does not count: its final states are wrong |||||||"
    middle = statistics.median(counted)
    cells = [
        candidate,
        f"{middle:,.0f}",
        f"{min(counted):,.0f}–{max(counted):,.0f}",
        *("not run" if each is None else f"{middle / each:.2f}" for each in beside),
        *_spent(several),
    ]
    return f"| {' | '.join(cells)} |"


def _spent(several: Sequence[Figures]) -> list[str]:
    """Return the medians of what a candidate and the servers spend."""
    columns = ("client_us", "broker_us", "mongod_us", "rss_mb")
    return [f"{statistics.median(_column(several, name)):,.0f}" for name in columns]


@_part("growth", "growth")
def growth(found: Figures) -> Iterator[str]:
    """Yield what an event costs as rollouts grow."""
    yield "| Rollouts already there, 98 documents of 51 facts each | times the first | µs/event client | mongod |"
    yield "|---|---|---|---|"
    for each in found:
        yield f"| {each['rollouts']} | {each['times']} | {each['client_us']:.0f} | {each['mongod_us']:.0f} |"
    yield ""


def _catching_up(figures: Figures) -> Iterator[str]:
    for name, laps in figures["catching_up"].items():
        yield f"Catching up, {name} ({WORKLOADS[name]}):"
        yield ""
        yield f"| {' | '.join(COLUMNS)} |"
        yield f"|{'---|' * len(COLUMNS)}"
        beside = [_median_rate(laps, each) if each in laps else None for each in BESIDE]
        for candidate, several in laps.items():
            yield _row(candidate, several, beside)
        yield ""


COLUMNS = (
    "Candidate", "events/s, median", "spread", "× usual batch", "× Kafka Streams", "× bare",
    "µs/event client", "broker", "mongod", "MB", "right",
)  # fmt: skip
WORKLOADS = {
    "spread": "random order, so that neighbours are about different documents",
    "campaign": "rollouts one after another, 98 documents each",
}


def _row(candidate: str, several: Sequence[Figures], beside: Sequence[float | None]) -> str:
    counted = rates(several)
    if not counted:
        return f"| {candidate} | does not count: its final states are wrong |||||||||"
    middle = statistics.median(counted)
    cells = [
        candidate,
        f"{middle:,.0f}",
        f"{min(counted):,.0f}–{max(counted):,.0f}",
        *("not run" if each is None else f"{middle / each:.2f}" for each in beside),
        *_spent(several),
        f"{len(counted)} of {len(several)}",
    ]
    return f"| {' | '.join(cells)} |"


def chart(figures: Figures) -> str:
    """Return bars of the median rates, each workload by the length of its fastest; who only reads is left out."""
    bars = list(_bars(figures))
    height = len(bars) * (BAR + GAP) + GAP
    body = "\n".join(_drawn(position, *bar) for position, bar in enumerate(bars))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="sans-serif" font-size="13">\n<title>Events a second when catching up</title>\n{body}\n</svg>\n'
    )


def _bars(figures: Figures) -> Iterator[tuple[str, float, float]]:
    for name, laps in figures["catching_up"].items():
        named = (each for each in laps if not each.startswith("bare ") and rates(laps[each]))
        counted = {each: _median_rate(laps, each) for each in named}
        longest = max(counted.values())
        for candidate, rate in counted.items():
            yield f"{name}: {candidate}", rate, rate / longest


def _drawn(position: int, words: str, rate: float, part: float) -> str:
    y = GAP + position * (BAR + GAP)
    width = max(1.0, part * (WIDTH - LEFT - 90))
    return (
        f'<text x="{LEFT - 8}" y="{y + 15}" text-anchor="end">{words}</text>'
        f'<rect x="{LEFT}" y="{y}" width="{width:.0f}" height="{BAR}" fill="#1d5fa8"/>'
        f'<text x="{LEFT + width + 6:.0f}" y="{y + 15}">{rate:,.0f}</text>'
    )


def _median_rate(laps: Mapping[str, Sequence[Figures]], name: str) -> float:
    return statistics.median(rates(laps[name]))


def _column(laps: Sequence[Figures], name: str) -> list[float]:
    return [each[name] for each in laps]
