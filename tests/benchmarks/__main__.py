"""`python -m tests.benchmarks run` measures all and keeps it, other verbs measure a part; `check` counts.

run                        every part, in some 20 minutes; the raw figures of each are kept as soon as they are there,
                           below tests/benchmarks/results. 1 where a part failed: --figures goes on with that run
queries, page, mails, rebuilding, redriving, growth, tracing, budget    a part, printed
compare [EARLIER [LATER]]  two runs beside each other, the newest and the one before unless said otherwise: 1 where
                           something of klarmeld is worse by more than the laps' spread, 2 without two runs
scale                      what a cluster would carry by arithmetic, from the figures that performance.md shows
report                     the newest run into deploy/docs/performance.md, .svg and .json, and sizing.md
check, baseline            count what a batch costs and compare it (1 where it is worse), or keep it as what is meant
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from deploy.local.ports import free_block
from deploy.local.stack import Stack
from tests.benchmarks import compare, counters, report, scale, whole
from tests.benchmarks.budget import budget
from tests.benchmarks.catching_up import catching_up
from tests.benchmarks.growth import growth
from tests.benchmarks.live import live
from tests.benchmarks.mails import mails
from tests.benchmarks.page import page
from tests.benchmarks.queries import queries
from tests.benchmarks.rebuilding import rebuilding
from tests.benchmarks.redriving import redriving
from tests.benchmarks.running import running
from tests.benchmarks.tracing import table as tracing_table
from tests.benchmarks.tracing import tracing
from tests.benchmarks.visible import percentile, time_to_visible
from tests.stack import parts
from tests.tokens import Issuer, running_issuer

#: Events that the live clients wait for, five a second.
LIVE_EVENTS = 60
#: Municipality's pages opened a second: 98 municipalities that each open theirs twice a minute.
PAGES_PER_SECOND = 3


def main() -> None:
    """Read the options and run."""
    given = _given()
    match given.verb:
        case "run":
            sys.exit(asyncio.run(_run(given)))
        case "compare":
            sys.exit(compared(given))
        case "scale":
            committed = given.figures or report.DOCS / "performance.json"
            print("\n".join(scale.table(json.loads(committed.read_text(encoding="utf-8")))))
        case "report":
            sys.exit(_report(given.figures or max(whole.RESULTS.glob("*.json"))))
        case "check":
            sys.exit(check())
        case "baseline":
            counters.write_baseline(asyncio.run(counters.count()))
        case part:
            print("\n".join(asyncio.run(_told(part, given))))


async def _run(given: argparse.Namespace) -> int:
    figures, kept = await whole.measure(given, EVERYTHING)
    print(f"Raw figures: {kept}", file=sys.stderr)
    if _lacks(figures, kept):
        return 1
    print(json.dumps(figures, indent=2) if given.json else report.markdown(figures))
    return 0


def _report(run: Path) -> int:
    figures = json.loads(run.read_text(encoding="utf-8"))
    if _lacks(figures, run):
        return 1
    report.write(figures)
    return 0


def _lacks(figures: report.Figures, run: Path) -> bool:
    """Whether a run is not whole; says what it lacks, and how it is had."""
    lacking = whole.lacking(figures, EVERYTHING)
    if lacking:
        print(f"It lacks {', '.join(lacking)}: `run --figures {run}` measures that.", file=sys.stderr)
    return bool(lacking)


def _given() -> argparse.Namespace:
    options = _options()
    given = options.parse_args()
    if given.runs and given.verb != "compare":
        options.error(f"{given.verb} takes no files")
    return given


async def _told(part: str, given: argparse.Namespace) -> Iterable[str]:
    """Measure one part, and return its table."""
    if part == "queries":
        return report.waits(await asked(given), report.ASKED)
    measure_it, table = PARTS[part]
    return table({part: await measure_it(given)})


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("verb", choices=VERBS)
    options.add_argument("runs", nargs="*", type=Path, help="raw figures of two runs to compare")
    options.add_argument("--events", type=int, default=40_000, help="events to catch up on (default 40000)")
    options.add_argument("--rollouts", type=int, default=200, help="rollouts these are spread over (default 200)")
    options.add_argument("--replayed", type=int, default=200_000, help="events to rebuild and verify (default 200000)")
    options.add_argument("--lean", action="store_true", help="rebuild and verify events without the texts in them")
    options.add_argument("--grown", type=int, default=500, help="rollouts in the end, of 4,998 events (default 500)")
    options.add_argument("--usual", type=int, default=4_000, help="events for the usual candidates (default 4000)")
    options.add_argument("--repeat", type=int, default=3, help="repetitions of each candidate, alternating (default 3)")
    options.add_argument("--seconds", type=int, default=20, help="seconds of live traffic at 50 events/s (default 20)")
    options.add_argument("--parked", type=int, default=10_000, help="records to redrive (default 10000)")
    options.add_argument("--busy", type=int, default=10, help="seconds of it at 1,000 events/s (default 10)")
    options.add_argument("--asking", type=int, default=10, help="seconds of each question, 20 a second (default 10)")
    options.add_argument("--clients", type=int, default=1_000, help="live clients, a fifth not reading (default 1000)")
    options.add_argument("--figures", type=Path, help="raw figures to report, or to go on with")
    options.add_argument("--json", action="store_true", help="print the raw figures instead of tables")
    return options


def compared(given: argparse.Namespace) -> int:
    """Print two kept runs beside each other; 1 where something of klarmeld has become worse, 2 without two runs."""
    try:
        before, after = map(compare.read, compare.chosen(given.runs, whole.RESULTS, report.DOCS / "performance.json"))
    except (OSError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2
    found = list(compare.lines(before, after))
    if given.json:
        print(json.dumps([each._asdict() for each in found], indent=2))
    else:
        print("\n".join(compare.table(before, after)))
    return compare.exit_code(found)


def check() -> int:
    """Count, and compare with the committed baseline; 1 where something has become worse."""
    counted = asyncio.run(counters.count())
    for name, value in counted.items():
        print(f"{value:10,.2f}  {name}")
    regressions = counters.worse(counted, counters.read_baseline())
    for sentence in regressions:
        print(f"worse than the baseline: {sentence}")
    return 1 if regressions else 0


@asynccontextmanager
async def bench() -> AsyncIterator[tuple[Stack, Issuer]]:
    """Yield a stack of the measurement's own and an issuer beside it; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="klarmeld-bench-") as directory:
        root = Path(directory)
        async with Stack(root / "stack", free_block(), parts=parts()) as stack, running_issuer(root) as issuer:
            yield stack, issuer


async def waits(given: argparse.Namespace) -> dict[str, Any]:
    """Return how long readers of one running service wait, and what it holds in memory."""
    async with bench() as (stack, issuer), running("agreements", stack, issuer, label="bench_first") as service:
        idle = service.megabytes
        calm = await time_to_visible(
            stack, service, issuer, per_second=50, seconds=given.seconds, rollouts=["bench-live"]
        )
        busy = await time_to_visible(
            stack,
            service,
            issuer,
            per_second=1_000,
            seconds=given.busy,
            ask_every=20,
            rollouts=[f"bench-busy-{number}" for number in range(given.rollouts)],
        )
        streams = await live(stack, service, issuer, clients=given.clients, idle=given.clients // 5, events=LIVE_EVENTS)
    return {
        "visible_ms": _summary(calm),
        "busy_ms": _summary(busy),
        "live_ms": _summary(streams.waits),
        "live": streams._asdict() | {"waits": len(streams.waits)},
        "rss_mb": {"idle": idle},
    }


async def asked(given: argparse.Namespace) -> dict[str, Any]:
    """Return how long the service that shows all tracks takes to answer."""
    async with bench() as (stack, issuer), running("tasks", stack, issuer, label="bench_asked") as service:
        waited = await queries(stack, service, issuer, per_second=20, seconds=given.asking)
    return {name: _summary(each) for name, each in waited.items()}


async def opened(given: argparse.Namespace) -> dict[str, Any]:
    """Return how long the portal takes to answer a municipality's page."""
    async with bench() as (stack, issuer):
        measured = await page(stack, issuer, per_second=PAGES_PER_SECOND, seconds=given.asking)
    waited = ("page_ms", "calls_ms", "seen_ms")
    return measured._asdict() | {name: _summary(getattr(measured, name)) for name in waited}


async def mailed(given: argparse.Namespace) -> dict[str, Any]:
    """Return how mails and the projection get on beside each other."""
    async with bench() as (stack, issuer):
        measured = await mails(stack, issuer, seconds=given.seconds)
    return measured._asdict() | {"quiet": _summary(measured.quiet), "beside": _summary(measured.beside)}


async def grown(given: argparse.Namespace) -> list[dict[str, Any]]:
    """Return what an event costs as rollouts grow."""
    async with bench() as (stack, issuer):
        return await growth(stack, issuer, rollouts=given.grown)


async def traced(given: argparse.Namespace) -> dict[str, Any]:
    """Return what traces cost a service."""
    async with bench() as (stack, issuer):
        laps = await tracing(stack, issuer, seconds=given.asking, repeat=given.repeat)
    return {way: [each._asdict() | {"waits": _summary(each.waits)} for each in every] for way, every in laps.items()}


async def redriven(given: argparse.Namespace) -> dict[str, Any]:
    """Return how long parked records take to be redriven."""
    async with bench() as (stack, issuer):
        return (await redriving(stack, issuer, records=given.parked))._asdict()


async def rebuilt(given: argparse.Namespace) -> dict[str, Any]:
    """Return the laps of rebuild, verify and their peer, and what readers notice of a verify beside them."""
    found = await rebuilding(given)
    return found | {name: _summary(found[name]) for name in ("alone", "beside")}


def _summary(ordered: list[float]) -> dict[str, float]:
    return {"p50": percentile(ordered, 0.5), "p99": percentile(ordered, 0.99), "of": len(ordered)}


#: What is measured under one name, and how it is told.
PARTS: dict[str, tuple[Callable[[argparse.Namespace], Awaitable[Any]], Callable[[report.Figures], Iterable[str]]]] = {
    "page": (opened, report.page),
    "mails": (mailed, report.mails),
    "rebuilding": (rebuilt, report.rebuilding),
    "redriving": (redriven, report.redriving),
    "growth": (grown, report.growth),
    "tracing": (traced, tracing_table),
    "budget": (budget, report.budget),
}


async def _named(part: str, given: argparse.Namespace) -> dict[str, Any]:
    measure_it, _ = PARTS[part]
    return {part: await measure_it(given)}


async def _caught_up(given: argparse.Namespace) -> dict[str, Any]:
    return {"catching_up": await catching_up(given)}


#: What a whole run consists of, in its order.
EVERYTHING: dict[str, whole.Measure] = {
    "waits": waits,
    "queries": asked,
    "catching up": _caught_up,
    **{each: partial(_named, each) for each in PARTS},
}
VERBS = ("run", "queries", *PARTS, "compare", "scale", "report", "check", "baseline")


if __name__ == "__main__":
    main()
