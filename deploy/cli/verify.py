"""`klarmeld verify`: whether a service's documents are what the log says, document by document and fact by fact."""

import asyncio
import json
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from deploy.cli.advance import advance
from deploy.cli.operated import operated, require_service
from deploy.cli.options import AsJson, NamedService, PortBase
from deploy.cli.place import Place, place
from deploy.cli.terminal import terminal
from services.chassis import clock
from services.chassis.scanning import Selection
from services.chassis.verify import Report
from services.chassis.verify import verify as verify_service

#: More rows than this are for --json.
_MOST_ROWS = 50

OneRollout = Annotated[str | None, typer.Option("--rollout", help="Only this rollout's documents.")]
OneCode = Annotated[str | None, typer.Option("--municipality", help="Only this kommunekode's documents.")]


def verify(
    service: NamedService,
    *,
    rollout: OneRollout = None,
    municipality: OneCode = None,
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """Compare a service's documents with the log while everything runs: 0 when they agree, 1 when one differs."""
    selection = Selection(rollout, municipality)
    found = asyncio.run(_verified(require_service(service), place(port_base), selection))
    if as_json:
        print(json.dumps(report_as_json(service, found), ensure_ascii=False))
    else:
        _show(service, found)
    raise typer.Exit(0 if found.agrees else 1)


async def _verified(service: str, here: Place, selection: Selection) -> Report:
    with advance() as tell:
        async with operated(service, here) as (subject, _):
            return await verify_service(subject, now_ms=clock.now_ms(), selection=selection, tell=tell)


def report_as_json(service: str, report: Report) -> dict[str, Any]:
    """Return a report for programs."""
    return {
        "service": service,
        "collection": report.collection,
        "agrees": report.agrees,
        "records": report.records,
        "refused": report.refused,
        "documents": report.documents,
        "facts": report.facts,
        "differences": [each._asdict() for each in report.differences],
        "full": [each._asdict() for each in report.full],
        "behind": report.behind,
        "fence": report.fence,
    }


def _show(service: str, report: Report) -> None:
    console = terminal()
    told = f"{report.documents:,} documents with {report.facts:,} facts of {report.records:,} records"
    for each in report.full:
        console.print(f"{each.document} is full: it holds {each.held:,} facts, and {each.left_out:,} more are parked.")
    if report.behind:
        records = sum(report.behind.values())
        console.print(f"{service} has not applied the last {records:,} records yet: {', '.join(report.behind)}.")
    if report.agrees:
        console.print(f"✔ {service} agrees with the log: {told}.", style="green")
        return
    console.print(differences_table(report))
    documents = len({each.document for each in report.differences})
    console.print(f"✘ {documents:,} documents of {service} differ from the log; the log says {told}.", style="bold red")
    console.print(f"`klarmeld rebuild {service}` shows how to make them anew.")


def differences_table(report: Report) -> Table:
    """Return a row for each thing that differs."""
    table = Table("Document", "What", "Event", "Detail", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for each in report.differences[:_MOST_ROWS]:
        table.add_row(each.document, each.kind.replace("_", " "), escape(each.fact or "–"), escape(each.detail))
    if len(report.differences) > _MOST_ROWS:
        table.add_row("…", f"{len(report.differences) - _MOST_ROWS:,} more", "", "all of them with --json")
    return table
