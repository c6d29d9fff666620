"""`klarmeld status`: how each service stands, once or again and again."""

import asyncio
import json
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.live import Live

from deploy.cli.errors import UnreachableError
from deploy.cli.interruption import until_told
from deploy.cli.options import AsJson, PortBase
from deploy.cli.place import Place, place
from deploy.cli.status_asking import standing
from deploy.cli.status_shown import lines_of, standing_of
from deploy.cli.terminal import terminal

#: How often `--watch` looks, in seconds.
LOOK_EVERY_S = 2.0
_START = "Start the local stack with `klarmeld up`."
Rows = list[dict[str, Any]]
Watch = Annotated[bool, typer.Option("--watch", help="Look every two seconds until Ctrl-C.")]


def status(*, watch: Watch = False, port_base: PortBase = None, as_json: AsJson = False) -> None:
    """Show each service: 0 when all are ready, 1 when one is not, 3 when one, Kafka or MongoDB can't be reached."""
    here = place(port_base)
    if watch:
        until_told(_in_lines(here, as_json=as_json) if as_json or not terminal().is_terminal else _live(here))
        return
    rows = asyncio.run(standing(here))
    console = terminal()
    console.print_json(data={"services": rows}) if as_json else console.print(standing_of(rows))
    _end(rows)


def _end(rows: Rows) -> None:
    _require_all(rows)
    raise typer.Exit(0 if all(row["ready"] for row in rows) else 1)


def _require_all(rows: Rows) -> None:
    """Raise UnreachableError where a service, Kafka or MongoDB is away."""
    gone = [row["service"] for row in rows if not row["reached"]]
    away = sorted({name for row in rows for name in row["away"]})
    if gone or away:
        remedy = (
            "Start the local stack with `klarmeld up`." if gone else "The services wait for it and go on by themselves."
        )
        raise UnreachableError(f"Not to be reached: {', '.join([*gone, *away])}.", remedy=remedy)


async def _live(here: Place) -> None:
    """Redraw how the services stand in its place."""
    with Live(console=terminal(), auto_refresh=False, vertical_overflow="crop") as live:
        await _again_and_again(here, lambda rows: live.update(standing_of(rows), refresh=True))


async def _in_lines(here: Place, *, as_json: bool) -> None:
    """Print a line for each service whenever what it says has changed; for programs everything, each time."""
    last: list[str] = []

    def show(rows: Rows) -> None:
        nonlocal last
        lines = [json.dumps({"services": rows}, ensure_ascii=False)] if as_json else lines_of(rows)
        for line in lines:
            if as_json or line not in last:
                print(line, flush=True)
        last = lines

    await _again_and_again(here, show)


async def _again_and_again(here: Place, show: Callable[[Rows], None]) -> None:
    """Look until told to stop: who watches wants to see what is away come back; UnreachableError where it has not."""
    rows: Rows = []
    try:
        while True:
            rows = await standing(here)
            show(rows)
            await asyncio.sleep(LOOK_EVERY_S)
    finally:
        _require_all(rows)
