"""`python -m tests.benchmarks.rebuilding` measures rebuild and verify: events a second, processor time, peak memory."""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import psutil

from contracts.topics import Topic
from deploy.local.ports import free_block
from deploy.local.stack import Stack
from services.chassis.log.log_admin import ensure_topics
from services.chassis.settings import KafkaSettings
from tests.benchmarks import peers, workload
from tests.benchmarks.running import fill
from tests.stack import REPOSITORY, parts

SAMPLE_S = 0.2


def main() -> None:
    """Read the options and run: by default as many events as the bar on memory is about."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=999_600, help="events on the log (default 200 × 98 × 51)")
    options.add_argument("--rollouts", type=int, default=200, help="rollouts they are spread over (default 200)")
    options.add_argument("--repeat", type=int, default=1, help="repetitions of each, alternating (default 1)")
    given = options.parse_args()
    sys.stdout.write(json.dumps(asyncio.run(_measured(given)), indent=2) + "\n")


async def _measured(given: argparse.Namespace) -> dict[str, Any]:
    """Return figures on a log and a database of their own; the first rebuild makes the documents from nothing."""
    found: dict[str, Any] = {"bare aiokafka": [], "rebuild": [], "verify": []}
    with tempfile.TemporaryDirectory(prefix="klarmeld-bench-") as directory:
        async with Stack(Path(directory), free_block(), parts=parts()) as stack:
            await ensure_topics(KafkaSettings(bootstrap=stack.bootstrap), [str(each) for each in Topic])
            records = await fill(stack, workload.spread(given.events, rollouts=given.rollouts))
            found["rebuild from nothing"] = await operation("rebuild", stack, "bench_rebuilding")
            for _ in range(given.repeat):
                bare = await peers.bare_aiokafka(stack, records)
                found["bare aiokafka"].append({"events_per_second": bare.rate})
                found["rebuild"].append(await operation("rebuild", stack, "bench_rebuilding"))
                found["verify"].append(await operation("verify", stack, "bench_rebuilding"))
    return found


async def operation(verb: str, stack: Stack, database: str) -> dict[str, Any]:
    """Rebuild or verify agreements in processes of their own; returns their figures with the peak of all their RSS."""
    command = ("-m", "tests.benchmarks.operation", verb, stack.bootstrap, stack.mongo_uri, database)
    process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=REPOSITORY, stdout=-1)
    ending = asyncio.ensure_future(process.communicate())
    peak = 0.0
    while not ending.done():
        peak = max(peak, _megabytes(process.pid))
        await asyncio.wait({ending}, timeout=SAMPLE_S)
    said, _ = await ending
    if process.returncode:
        raise RuntimeError(f"{verb} ended with {process.returncode}")
    figures: dict[str, Any] = json.loads(said)
    return figures | {"events_per_second": figures["records"] / figures["seconds"], "peak_rss_mb": peak}


def _megabytes(pid: int) -> float:
    """Return the resident memory of a process and all that it has begun."""
    try:
        root = psutil.Process(pid)
        return sum(each.memory_info().rss for each in (root, *root.children(recursive=True))) / 1e6
    except psutil.NoSuchProcess:
        return 0.0


if __name__ == "__main__":
    main()
