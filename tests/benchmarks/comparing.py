"""Two runs beside each other: what is faster or dearer by more than either run's own spread."""

import json
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.bars import USUAL

Figures = Mapping[str, Any]


class Row(NamedTuple):
    """One figure of both runs; `apart`: the laps of one are all above the laps of the other, None where none repeat."""

    words: str
    earlier: float
    later: float
    apart: bool | None


def compared(earlier: Path, later: Path) -> Iterator[str]:
    """Yield a table of what both runs measured; ValueError where a file holds no figures of a run."""
    before, after = _read(earlier), _read(later)
    yield f"{before['at']} (load {before['load']:.1f}) beside {after['at']} (load {after['load']:.1f})."
    yield "Rates are multiples of the usual FastStream batch's of the same run, where it ran: only they compare."
    yield ""
    yield "| What | earlier | later | later : earlier | more than the spread |"
    yield "|---|---|---|---|---|"
    for row in (*_rates(before, after), *_waits(before, after)):
        ratio = f"{row.later / row.earlier:.2f}" if row.earlier else "–"
        apart = {True: "yes", False: "no", None: "one lap only"}[row.apart]
        yield f"| {row.words} | {row.earlier:,.2f} | {row.later:,.2f} | {ratio} | {apart} |"


def _read(path: Path) -> Figures:
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict) or not {"at", "load"} <= found.keys():
        raise ValueError(f"{path} holds no figures of a run; `python -m tests.benchmarks run` keeps some.")
    return found


def _rates(before: Figures, after: Figures) -> Iterator[Row]:
    earlier, later = dict(_series(before)), dict(_series(after))
    for words in (each for each in earlier if each in later):
        ours, theirs = earlier[words], later[words]
        several = len(ours) > 1 and len(theirs) > 1
        apart = (min(ours) > max(theirs) or min(theirs) > max(ours)) if several else None
        yield Row(words, statistics.median(ours), statistics.median(theirs), apart)


def _series(figures: Figures) -> Iterator[tuple[str, list[float]]]:
    """Yield each candidate's laps: rates as multiples of the usual one's median, and processor time an event."""
    for workload, laps in figures.get("catching_up", {}).items():
        usual = [each["rate"] for each in laps.get(USUAL, []) if each["right"]]
        by = statistics.median(usual) if usual else 1.0
        for name, several in laps.items():
            right = [each for each in several if each["right"]]
            if right:
                yield f"{workload}: {name}, rate", [each["rate"] / by for each in right]
                yield f"{workload}: {name}, client µs an event", [each["client_us"] for each in right]


def _waits(before: Figures, after: Figures) -> Iterator[Row]:
    for key, value in before.items():
        if isinstance(value, dict) and {"p50", "p99"} <= value.keys() and key in after:
            for part in ("p50", "p99"):
                yield Row(f"{key.removesuffix('_ms')}, {part} in ms", value[part], after[key][part], None)
