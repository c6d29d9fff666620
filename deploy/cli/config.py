"""`klarmeld config`: every setting, its value and where it comes from."""

import json

import typer
from rich.table import Table

from deploy.cli.options import AsJson
from deploy.cli.setting_rows import SettingRow, rows_of
from deploy.cli.settings import CommandSettings
from deploy.cli.terminal import terminal
from deploy.fleet import PORTAL
from services.agreements.settings import Settings as AgreementsSettings
from services.notifications.settings import Settings as NotificationsSettings
from services.portal.settings import Settings as PortalSettings
from services.tasks.settings import Settings as TasksSettings

app = typer.Typer(help="Settings.", no_args_is_help=True)
_SERVICES = (AgreementsSettings, NotificationsSettings, TasksSettings)


@app.command(epilog="Example: KLARMELD_PORT_BASE=9100 klarmeld config check")
def check(*, as_json: AsJson = False) -> None:
    """Show every setting as it is here, secrets masked; exit code 2 when one is not valid."""
    rows = {"klarmeld": rows_of(CommandSettings), **_of_services(), PORTAL: rows_of(PortalSettings)}
    if as_json:
        print(
            json.dumps({owner: [row._asdict() for row in found] for owner, found in rows.items()}, ensure_ascii=False)
        )
        return
    terminal().print(_table(rows))


def _of_services() -> dict[str, list[SettingRow]]:
    """Return what the services have in common once, and what each has besides."""
    found = {kind.__module__.split(".")[1]: rows_of(kind) for kind in _SERVICES}
    shared = set.intersection(*[{row.name for row in rows} for rows in found.values()])
    own = {name: [row for row in rows if row.name not in shared] for name, rows in found.items()}
    every = [row for row in next(iter(found.values())) if row.name in shared]
    return {"every service": every} | {name: rows for name, rows in own.items() if rows}


def _table(rows: dict[str, list[SettingRow]]) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for title in ("Setting", "Value", "From"):
        table.add_column(title, overflow="fold", no_wrap=title == "Setting")
    table.add_column("Meaning", ratio=1)
    for owner, found in rows.items():
        table.add_row(f"[bold]{owner}[/bold]", "", "", "")
        for row in found:
            table.add_row(row.name, str(row.value), row.origin, row.meaning)
    return table
