"""Two kept runs beside each other: ratios, and which differences are larger than what repetitions differ by."""

import json
import statistics
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple, assert_never

from tests.benchmarks.catching_up import rates

#: What of a lap is compared, and whether more of it is better.
OF_A_LAP = {"rate": True, "client_us": False, "broker_us": False, "mongod_us": False, "rss_mb": False}
#: Waits are measured once a run, so that their ratio is shown and nothing is made of it.
OF_A_WAIT = ("p50", "p99")
MORE_IS_BETTER = OF_A_LAP | dict.fromkeys(OF_A_WAIT, False)


class Verdict(StrEnum):
    """What two spreads say about a difference."""

    BETTER = "better"
    WORSE = "worse"
    WITHIN = "within the spread"
    UNKNOWN = "too few laps to tell"
    WRONG = "none that counts: final states are wrong"


class Line(NamedTuple):
    """One measure of one candidate in both runs."""

    what: str
    before: Sequence[float]
    after: Sequence[float]
    verdict: Verdict


def lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Line]:
    """Yield what both runs have measured."""
    earlier, later = dict(_measured(before)), dict(_measured(after))
    for (name, measure), values in later.items():
        known = earlier.get((name, measure))
        if known:
            judged = verdict(known, values, more_is_better=MORE_IS_BETTER[measure]) if values else Verdict.WRONG
            yield Line(f"{name}: {measure}", known, values, judged)


def verdict(before: Sequence[float], after: Sequence[float], *, more_is_better: bool) -> Verdict:
    """Return whether the laps of one run are all beyond those of the other; a single lap has no spread."""
    if min(len(before), len(after)) < 2:
        return Verdict.UNKNOWN
    if min(after) > max(before):
        return Verdict.BETTER if more_is_better else Verdict.WORSE
    if max(after) < min(before):
        return Verdict.WORSE if more_is_better else Verdict.BETTER
    return Verdict.WITHIN


def _measured(figures: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], list[float]]]:
    for part, laps in _parts(figures):
        for candidate, several in laps.items():
            # Laps with wrong final states do not count, neither their rate nor what they spent.
            right = [each for each in several if rates([each])]
            for measure in OF_A_LAP:
                yield (f"{part}, {candidate}", measure), [float(each[measure]) for each in right]
    budget = {f"time to visible, {name}": each["whole"] for name, each in figures.get("budget", {}).items()}
    for name, wait in {**figures, **budget}.items():
        if isinstance(wait, Mapping) and set(OF_A_WAIT) <= wait.keys():
            for measure in OF_A_WAIT:
                yield (name, measure), [float(wait[measure])]


def _parts(figures: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield from figures.get("catching_up", {}).items()
    if "rebuilding" in figures:
        yield "replay", figures["rebuilding"]["laps"]


def table(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield both runs' ratios in Markdown, and what only one of them says about its machine."""
    for key in ("at", "machine", "cores", "command"):
        if before.get(key) != after.get(key):
            yield f"{key}: {before.get(key)} → {after.get(key)}"
    yield ""
    yield "| Candidate: measure | before | after | × | The difference is |"
    yield "|---|---|---|---|---|"
    for each in lines(before, after):
        yield f"| {each.what} | {_spread(each.before)} | {_spread(each.after)} | {_ratio(each)} | {each.verdict} |"


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "–"
    return f"{statistics.median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})"


def _ratio(each: Line) -> str:
    # The system counts processor time in ticks, so little of it may be none.
    earlier = statistics.median(each.before)
    return f"{statistics.median(each.after) / earlier:.2f}" if each.after and earlier else "–"


def exit_code(found: Sequence[Line]) -> int:
    """Return 0 where nothing of klarmeld has become worse, 1 where something has, 2 where nothing can be compared."""
    ours = [each.verdict for each in found if not _is_of_a_peer(each)]
    return max((_weight(each) for each in ours), default=2)


def _is_of_a_peer(each: Line) -> bool:
    candidate = each.what.partition(", ")[2]
    return not candidate.startswith(("klarmeld", "rebuild", "verify"))


def _weight(found: Verdict) -> int:
    match found:
        case Verdict.WORSE | Verdict.WRONG:
            return 1
        case Verdict.BETTER | Verdict.WITHIN | Verdict.UNKNOWN:
            return 0
        case _:
            assert_never(found)


def chosen(given: Sequence[Path], kept: Path, committed: Path) -> tuple[Path, Path]:
    """Return which runs are meant: those given, else the newest and the one before, else the committed one."""
    known = [committed, *sorted(kept.glob("*.json"))]
    match given:
        case [before, after]:
            return before, after
        case [after]:
            return committed, after
        case [] if len(known) > 1:
            return known[-2], known[-1]
        case _:
            raise ValueError("nothing to compare: name at most two files of raw figures, or measure first")


def read(path: Path) -> dict[str, Any]:
    """Return the raw figures of a run."""
    figures: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return figures
