"""A whole run: part by part, each kept as soon as it is measured, so that one that fails takes no other with it."""

import argparse
import json
import os
import platform
import sys
import traceback
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks import processes, report

RESULTS = Path(__file__).parent / "results"
#: Measures one part, and returns its figures by their names.
Measure = Callable[[argparse.Namespace], Awaitable[dict[str, Any]]]


async def measure(given: argparse.Namespace, parts: Mapping[str, Measure]) -> tuple[dict[str, Any], Path]:
    """Measure what the run that is given lacks, or everything; returns all its figures and where they are kept."""
    figures, path = _begun(given.figures)
    for name in lacking(figures, parts):
        sys.stderr.write(f"Measuring {name}\n")
        try:
            found = await parts[name](given)
        except Exception:  # noqa: BLE001  whatever it was: it is told, and the other parts are measured
            traceback.print_exc()
        else:
            figures |= found | {"measured": [*figures["measured"], name]}
            _keep(path, figures)
    return figures, path


def lacking(figures: Mapping[str, Any], parts: Collection[str]) -> list[str]:
    """Return the parts that a run has no figures of; one of which nothing is noted is whole."""
    return [each for each in parts if each not in figures.get("measured", parts)]


def _begun(earlier: Path | None) -> tuple[dict[str, Any], Path]:
    if earlier:
        return json.loads(earlier.read_text(encoding="utf-8")), earlier
    figures = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.system()} {platform.machine()}, Python {sys.version}",
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "command": f"python -m tests.benchmarks {' '.join(sys.argv[1:])}",
        "versions": report.versions(),
        "missing": processes.peers()[1],
        "measured": [],
    }
    return figures, RESULTS / f"{figures['at'].replace(':', '')}.json"


def _keep(path: Path, figures: Mapping[str, Any]) -> None:
    """Write the raw figures, whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    beside.replace(path)
