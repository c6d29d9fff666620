"""`klarmeld journal`: what operators changed at a service, who, why, and whether the journal is whole."""

import asyncio
from dataclasses import asdict

import typer
from rich.markup import escape
from rich.table import Table

from deploy.cli.operated import operating, target
from deploy.cli.options import AsJson, NamedService, PortBase
from deploy.cli.place import place
from deploy.cli.terminal import terminal
from deploy.cli.words import local_time
from services.chassis.projection.journal import Journal, JournalEntry, breaks
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.target import Target


def journal(service: NamedService, *, port_base: PortBase = None, as_json: AsJson = False) -> None:
    """Show a service's journal, newest last: 0 when each entry follows from the one before, 1 when one does not."""
    entries = asyncio.run(_entries(target(service, place(port_base))))
    found = list(breaks(entries))
    console = terminal()
    if as_json:
        console.print_json(data={"service": service, "entries": [asdict(each) for each in entries], "breaks": found})
    else:
        if entries:
            console.print(_table(entries))
        whole = "Each entry follows from the one before." if entries else "Nobody has changed anything yet."
        for each in found or [whole]:
            console.print(each, style="bold red" if found else "green")
    raise typer.Exit(1 if found else 0)


async def _entries(chosen: Target) -> list[JournalEntry]:
    client = connect(chosen.mongo.uri, timeout_s=chosen.mongo.timeout_s)
    try:
        with operating(chosen):
            return await Journal(client[chosen.database]).entries()
    finally:
        await client.close()


def _table(entries: list[JournalEntry]) -> Table:
    table = Table("", "When", "Who", "What", "Why", "Came of it", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for each in entries:
        cells = (str(each.seq), local_time(each.at), each.who, each.what, each.why or "–", _came_of(each))
        table.add_row(*map(escape, cells))
    return table


def _came_of(entry: JournalEntry) -> str:
    """Return which generation is live where that is what it is about, else what was counted."""
    if "live" in entry.after:
        return f"live: {entry.before.get('live', '–')} → {entry.after['live']}"
    counts = [f"{value:,} {name}" for name, value in entry.after.items() if isinstance(value, int)]
    return ", ".join(counts) or "all of it with --json"
