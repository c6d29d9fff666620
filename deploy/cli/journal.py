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
        console.print(_table(entries))
        for each in found or ["Each entry follows from the one before."]:
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
    table = Table("", "When", "Who", "What", "Why", "Live before", "Live after", box=None, header_style="dim")
    for each in entries:
        live = (str(state.get("live", "–")) for state in (each.before, each.after))
        cells = (str(each.seq), local_time(each.at), each.who, each.what, each.why or "–", *live)
        table.add_row(*map(escape, cells))
    return table
