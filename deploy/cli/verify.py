"""`klarmeld verify`: whether a service's documents are what the log says, document by document and fact by fact."""

import asyncio
import json
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from contracts.municipalities import MUNICIPALITIES
from deploy.cli.advance import advance
from deploy.cli.asking import NotKnownError
from deploy.cli.errors import UsageError
from deploy.cli.operated import operating, target
from deploy.cli.options import AsJson, Memory, NamedService, PortBase
from deploy.cli.place import Place, place
from deploy.cli.terminal import terminal
from services.chassis import clock
from services.chassis.replay.comparison import Difference
from services.chassis.replay.shares import MEMORY_MB, Asked, Selection
from services.chassis.replay.verify import Report
from services.chassis.replay.verify import verify as verify_service

#: More rows than this are for --json.
_MOST_ROWS = 50

OneRollout = Annotated[str | None, typer.Option("--rollout", help="Only this rollout's documents.")]
OneCode = Annotated[str | None, typer.Option("--municipality", help="Only this kommunekode's documents.")]


def verify(  # noqa: PLR0913  the options of the command
    service: NamedService,
    *,
    rollout: OneRollout = None,
    municipality: OneCode = None,
    memory: Memory = MEMORY_MB,
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """Compare a service's documents with the log while everything runs: 0 when they agree, 1 when one differs."""
    if municipality is not None and municipality not in MUNICIPALITIES:
        raise UsageError(f"--municipality {municipality} is none of the 98.", remedy="Give a kommunekode, e.g. 0630.")
    asked = Asked(clock.now_ms(), Selection(rollout, municipality), memory)
    report = asyncio.run(_verified(service, place(port_base), asked))
    if report.agrees and not report.judgement.documents and (rollout or municipality):
        raise NotKnownError(
            f"Neither the log nor {service} knows anything of {' '.join(filter(None, (rollout, municipality)))}.",
            remedy=f"`klarmeld verify {service}` compares everything.",
        )
    if as_json:
        print(json.dumps({"service": service, **report.as_json()}, ensure_ascii=False))
    else:
        _show(service, report)
    raise typer.Exit(0 if report.agrees else 1)


async def _verified(service: str, here: Place, asked: Asked) -> Report:
    chosen = target(service, here)
    with advance() as tell, operating(chosen):
        return await verify_service(chosen, asked, tell=tell)


def _show(service: str, report: Report) -> None:
    console, found = terminal(), report.judgement
    told = f"{found.documents:,} documents with {found.facts:,} facts of {found.records:,} records"
    for each in found.full:
        console.print(f"{each.document} is full: it holds {each.held:,} facts, and {each.left_out:,} more are parked.")
    if report.behind:
        records = sum(report.behind.values())
        console.print(f"{service} has not applied the last {records:,} records yet: {', '.join(report.behind)}.")
    if report.agrees:
        console.print(f"✔ {service} agrees with the log: {told}.", style="green")
        return
    console.print(differences_table(found.differences))
    many = len({each.document for each in found.differences})
    console.print(f"✘ {many:,} documents of {service} differ from the log; the log says {told}.", style="bold red")
    console.print(f"`klarmeld rebuild {service}` shows how to make them anew.")


def differences_table(differences: Sequence[Difference]) -> Table:
    """Return a row for each thing that differs."""
    table = Table("Document", "What", "Event", "Detail", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for each in differences[:_MOST_ROWS]:
        table.add_row(each.document, each.kind.replace("_", " "), escape(each.fact or "–"), escape(each.detail))
    if len(differences) > _MOST_ROWS:
        table.add_row("…", f"{len(differences) - _MOST_ROWS:,} more", "", "all of them with --json")
    return table
