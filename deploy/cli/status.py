"""`klarmeld status`: whether each service is ready, what troubles it, how far behind it is."""

import asyncio
from typing import Any

import typer
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import Services, asking
from deploy.cli.errors import UnreachableError
from deploy.cli.options import AsJson, PortBase
from deploy.cli.place import Place, place
from deploy.cli.terminal import terminal
from deploy.fleet import FLEET


def status(*, port_base: PortBase = None, as_json: AsJson = False) -> None:
    """Show each service: 0 when all are ready, 1 when one is not, 3 when one can't be reached."""
    rows = asyncio.run(_all(place(port_base)))
    console = terminal()
    console.print_json(data={"services": rows}) if as_json else console.print(_table(rows))
    if any(not row["reached"] for row in rows):
        away = ", ".join(row["service"] for row in rows if not row["reached"])
        raise UnreachableError(f"Not to be reached: {away}.", remedy="Start the local stack with `klarmeld up`.")
    raise typer.Exit(0 if all(row["ready"] for row in rows) else 1)


async def _all(here: Place) -> list[dict[str, Any]]:
    async with asking(here) as services:
        return list(await asyncio.gather(*[_one(here, services, each.name) for each in FLEET]))


async def _one(here: Place, services: Services, name: str) -> dict[str, Any]:
    said: dict[str, Any] = {"service": name, "url": here.urls[name]}
    try:
        found = await services.readiness(name)
    except UnreachableError:
        return said | {"reached": False, "ready": False, "troubles": ["can't be reached"], "behind": None, "lag": {}}
    behind = sum(each["records"] for each in found["lag"].values())
    ready = found["status"] == "ready"
    return said | {
        "reached": True,
        "ready": ready,
        "troubles": found["troubles"],
        "behind": behind,
        "lag": found["lag"],
    }


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table("Service", "State", "Behind", "URL", "Troubles", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for row in rows:
        state = Text("ready", style="green") if row["ready"] else Text("not ready", style="bold red")
        behind = "–" if row["behind"] is None else f"{row['behind']} events"
        table.add_row(row["service"], state, behind, row["url"], "; ".join(row["troubles"]) or "none")
    return table
