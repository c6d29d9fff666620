"""`python -m tests.benchmarks run` measures on the local stack and prints a table; raw figures are kept as JSON."""

import argparse
import asyncio
import json
import platform
import statistics
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from deploy.local.ports import free_block
from deploy.local.stack import Stack
from tests.benchmarks import peers, workload
from tests.benchmarks.live import live
from tests.benchmarks.overview import overview
from tests.benchmarks.running import fill, rate_until, running
from tests.benchmarks.visible import percentile, time_to_visible
from tests.stack import parts
from tests.tokens import Issuer, running_issuer

#: Events that the live clients wait for, five a second.
LIVE_EVENTS = 60
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Read the options and run."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("verb", choices=["run"])
    options.add_argument("--events", type=int, default=40_000, help="events to catch up on (default 40000)")
    options.add_argument("--rollouts", type=int, default=20, help="rollouts they are spread over (default 20)")
    options.add_argument("--repeat", type=int, default=3, help="repetitions of each candidate, alternating (default 3)")
    options.add_argument("--seconds", type=int, default=20, help="seconds of live traffic at 50 events/s (default 20)")
    options.add_argument("--clients", type=int, default=1_000, help="live clients, a fifth not reading (default 1000)")
    options.add_argument("--json", action="store_true", help="print the raw figures instead of the table")
    given = options.parse_args()
    figures = asyncio.run(measure(given))
    kept = keep(figures)
    print(json.dumps(figures, indent=2)) if given.json else show(figures, kept)


async def measure(given: argparse.Namespace) -> dict[str, Any]:
    """Return all figures of one run; candidates alternate, so that the machine's moods meet each of them."""
    with tempfile.TemporaryDirectory(prefix="klarmeld-bench-") as directory:
        root = Path(directory)
        async with Stack(root / "stack", free_block(), parts=parts()) as stack, running_issuer(root) as issuer:
            async with running("agreements", stack, issuer, label="bench_first") as service:
                idle = service.megabytes
                waits = await time_to_visible(
                    stack, service, issuer, per_second=50, seconds=given.seconds, rollout="bench-live"
                )
                table = await overview(service, issuer, rollout="bench-live", per_second=20, seconds=10)
                streams = await live(
                    stack, service, issuer, clients=given.clients, idle=given.clients // 5, events=LIVE_EVENTS
                )
            records = (
                len(waits)
                + len(workload.CODES)
                + 60
                + await fill(stack, workload.spread(given.events, rollouts=given.rollouts))
            )
            rates: dict[str, list[float]] = {"bare aiokafka": [], "klarmeld": [], "usual FastStream batch": []}
            loaded, cpu = [], []
            for repetition in range(given.repeat):
                rates["bare aiokafka"].append(await peers.bare_aiokafka(stack, records))
                rate, megabytes, micros = await _catch_up(stack, issuer, records, f"bench_{repetition}")
                rates["klarmeld"].append(rate)
                loaded.append(megabytes)
                cpu.append(micros)
                usual = await peers.usual_faststream_batch(stack, 2_000, label=f"usual_{repetition}")
                rates["usual FastStream batch"].append(usual)
                await asyncio.sleep(1)
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        "options": vars(given),
        "visible_ms": {"p50": percentile(waits, 0.5), "p99": percentile(waits, 0.99), "all": waits},
        "overview_ms": {"p50": percentile(table, 0.5), "p99": percentile(table, 0.99)},
        "live_ms": {"p50": percentile(streams.waits, 0.5), "p99": percentile(streams.waits, 0.99)},
        "live": streams._asdict() | {"waits": len(streams.waits)},
        "events_per_second": rates,
        "service_cpu_us_per_event": cpu,
        "rss_mb": {"idle": idle, "load": loaded},
    }


async def _catch_up(stack: Stack, issuer: Issuer, records: int, label: str) -> tuple[float, float, float]:
    """Return events a second, megabytes and CPU microseconds an event of one service that reads everything again."""
    async with running("agreements", stack, issuer, label=label, behind=True) as service, httpx.AsyncClient() as client:
        before = service.cpu_seconds
        rate = await rate_until(client, service.url, records)
        return rate, service.megabytes, (service.cpu_seconds - before) / records * 1e6


def keep(figures: dict[str, Any]) -> Path:
    """Write the raw figures beside the earlier ones."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{figures['at'].replace(':', '')}.json"
    path.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    return path


def show(figures: dict[str, Any], kept: Path) -> None:
    """Print the table: medians, their spread, and the ratio to the usual choice."""
    table = Table(title=f"{figures['at']} · {figures['machine']}")
    for column in ("what", "median", "spread", "ratio to usual"):
        table.add_column(column)
    rates = figures["events_per_second"]
    usual = statistics.median(rates["usual FastStream batch"])
    for name, values in rates.items():
        middle = statistics.median(values)
        table.add_row(
            f"{name}, events/s", f"{middle:,.0f}", f"{min(values):,.0f}–{max(values):,.0f}", f"{middle / usual:.1f}×"
        )
    visible = figures["visible_ms"]
    table.add_row("time to visible at 50/s, ms", f"p50 {visible['p50']:.1f}", f"p99 {visible['p99']:.1f}", "")
    for name in ("overview_ms", "live_ms"):
        found = figures[name]
        words = {"overview_ms": "overview of 98 at 20/s, ms", "live_ms": "acknowledged to live client, ms"}[name]
        table.add_row(words, f"p50 {found['p50']:.1f}", f"p99 {found['p99']:.1f}", "")
    held = figures["live"]
    grown = f"{held['rss_before']:.0f} → {held['rss_with']:.0f} → {held['rss_after']:.0f}"
    table.add_row(f"service RSS with {figures['options']['clients']} live clients, MB", grown, "", "")
    table.add_row("service CPU, µs/event", f"{statistics.median(figures['service_cpu_us_per_event']):.0f}", "", "")
    memory = figures["rss_mb"]
    table.add_row("service RSS, MB", f"idle {memory['idle']:.0f}", f"load {statistics.median(memory['load']):.0f}", "")
    console = Console()
    console.print(table)
    console.print(f"Raw figures: {kept}")


if __name__ == "__main__":
    main()
