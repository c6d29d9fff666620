"""`klarmeld config`: every setting, its value and where it comes from."""

import json
from collections.abc import Mapping, Sequence

import typer
from rich.table import Table

from deploy.cli.options import AsJson
from deploy.cli.setting_owners import SERVICES
from deploy.cli.setting_rows import SettingRow, rows_of, shared_first
from deploy.cli.settings import CommandSettings
from deploy.cli.terminal import terminal
from deploy.fleet import PORTAL
from services.portal.settings import Settings as PortalSettings

app = typer.Typer(help="Settings.", no_args_is_help=True)


@app.command(epilog="Example: KLARMELD_PORT_BASE=9100 klarmeld config check")
def check(*, as_json: AsJson = False) -> None:
    """Show every setting as it is here, secrets masked; exit code 2 when one is not valid."""
    rows = {
        "klarmeld": rows_of(CommandSettings),
        **shared_first({name: rows_of(kind) for name, kind in SERVICES.items()}),
        PORTAL: rows_of(PortalSettings),
    }
    if as_json:
        print(
            json.dumps({owner: [row._asdict() for row in found] for owner, found in rows.items()}, ensure_ascii=False)
        )
        return
    terminal().print(_table(rows))


def _table(rows: Mapping[str, Sequence[SettingRow]]) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for title in ("Setting", "Value", "From"):
        table.add_column(title, overflow="fold", no_wrap=title == "Setting")
    table.add_column("Meaning", ratio=1)
    for owner, found in rows.items():
        table.add_row(f"[bold]{owner}[/bold]", "", "", "")
        for row in found:
            table.add_row(row.name, str(row.value), row.origin, row.meaning)
    return table
