"""How services stand, on a terminal: a block for each, which fits any width, or a line."""

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from deploy.cli.words import local_time

#: More partitions than this, the furthest behind first, are for --json.
MOST_PARTITIONS = 6


def standing_of(rows: list[dict[str, Any]]) -> RenderableType:
    """Return a block for each service."""
    return Group(*(_block(row) for row in rows))


def lines_of(rows: list[dict[str, Any]]) -> list[str]:
    """Return the same as one line for each service."""
    return [f"{row['service']}: {_state(row)} · " + " · ".join(_said(row)) for row in rows]


def _block(row: dict[str, Any]) -> Text:
    style = "green" if row["ready"] else "bold red"
    text = Text.assemble((row["service"], "bold"), "  ", (_state(row), style), f"  {row['url']}\n")
    for each in row["troubles"]:
        text.append(f"  ✘ {each}\n", style="red")
    for each in _said(row):
        text.append(f"  {each}\n")
    return text


def _state(row: dict[str, Any]) -> str:
    if not row["reached"]:
        return "away"
    return "ready" if row["ready"] else "not ready"


def _said(row: dict[str, Any]) -> Iterator[str]:
    if not row["reached"]:
        yield "nothing is known"
        return
    yield from _lag(row)
    yield from _rederive(row)
    if row["database"] is not None:
        yield from _database(row["database"])
    elif row["note"]:
        yield f"no more is told: {row['note']}"
    else:
        yield "generation, parked, verify and journal are not known while MongoDB is away"


def _lag(row: dict[str, Any]) -> Iterator[str]:
    if not row["behind"]:
        yield "0 events behind"
        return
    yield f"{row['behind']:,} events behind, {row['seconds']:.1f} s"
    waiting = sorted(((name, lag) for name, lag in row["lag"].items() if lag["records"]), key=_most)
    for name, lag in waiting[:MOST_PARTITIONS]:
        yield f"{name}: {lag['records']:,} events, {lag['seconds']:.1f} s"
    if len(waiting) > MOST_PARTITIONS:
        yield f"{len(waiting) - MOST_PARTITIONS} more partitions, see --json"


def _most(partition: tuple[str, dict[str, Any]]) -> tuple[int, str]:
    return -partition[1]["records"], partition[0]


def _rederive(row: dict[str, Any]) -> Iterator[str]:
    done, total = row["rederive"]["done"], row["rederive"]["total"]
    if done < total:
        yield f"deriving views anew by changed rules: {done:,} of {total:,}"
    elif total:
        yield f"all {total:,} views of older rules have been derived anew"


def _database(told: dict[str, Any]) -> Iterator[str]:
    also = f", with {', '.join(told['generation']['also'])}" if told["generation"]["also"] else ""
    yield f"generation {told['generation']['live']} is live{also}"
    rebuild = told["rebuild"]
    if rebuild:
        yield f"a rebuild into {rebuild['collection']} is unfinished since {local_time(rebuild['began'])}"
    for kind, job in told["jobs"].items():
        if job and job["state"] == "running":
            yield f"a {kind} runs, {job['step'] or 'beginning'}: {job['done']:,} of {job['total']:,}"
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in sorted(told["parked"]["reasons"].items()))
    yield f"{told['parked']['total']:,} parked{f': {reasons}' if reasons else ''}"
    yield _verified(told["verified"])
    receipt = told["receipt"]
    if receipt:
        why = f": {receipt['why']}" if receipt["why"] else ""
        yield f"last receipt {receipt['seq']}, {local_time(receipt['at'])}, {receipt['what']} by {receipt['who']}{why}"
    else:
        yield "no receipt in the journal"


def _verified(last: dict[str, Any] | None) -> str:
    if last is None:
        return "never verified"
    differing = last["differing"]
    found = f"{differing:,} documents differed" if differing else f"all {last['documents']:,} documents agreed"
    return f"unverified since {local_time(last['at'])}, when {found}"
