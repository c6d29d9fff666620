"""`klarmeld generations`: which generations a service has, going back to an older one, dropping one."""

import asyncio
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any, assert_never

import typer
from rich.table import Table

from deploy.cli.advance import advance
from deploy.cli.errors import UsageError
from deploy.cli.operated import operating, target
from deploy.cli.options import AsJson, NamedService, PortBase
from deploy.cli.place import place
from deploy.cli.signing import Execute, Who, Why, signed
from deploy.cli.terminal import terminal
from services.chassis.projection.generations import (
    Change,
    GenerationRow,
    drop,
    generation_as_json,
    listed,
    rolled_back,
    without,
)
from services.chassis.projection.journal import Signature
from services.chassis.projection.target import Subject, Target, reached
from services.chassis.replay.rollback import roll_back


class Action(StrEnum):
    """What is to be done about the generations."""

    LIST = "list"
    ROLLBACK = "rollback"
    DROP = "drop"


Done = Annotated[Action, typer.Argument(help="What to do about them.")]
Name = Annotated[str | None, typer.Argument(help="The generation to go back to, or to drop.")]


def generations(  # noqa: PLR0913  the options of the command
    service: NamedService,
    action: Done = Action.LIST,
    name: Name = None,
    *,
    execute: Execute = False,
    why: Why = "",
    who: Who = None,
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """List a service's generations, make an older one live again, or drop one that is not live."""
    chosen = target(service, place(port_base))
    change, rows = asyncio.run(_done(chosen, action, name, signed(who, why) if execute else None))
    if as_json:
        terminal().print_json(data=_as_json(service, change, rows, executed=execute and change is not None))
    else:
        _show(action, change, rows, executed=execute)


async def _done(
    chosen: Target, action: Action, name: str | None, signature: Signature | None
) -> tuple[Change | None, list[GenerationRow]]:
    with operating(chosen):
        async with reached(chosen) as subject:
            change = await _change(subject, action, name)
            if change and signature:
                await _carry_out(chosen, subject, action, name, change, signature)
            return change, await listed(subject)


async def _carry_out(  # noqa: PLR0913, PLR0917  all that is known by now
    chosen: Target, subject: Subject, action: Action, name: str | None, change: Change, signature: Signature
) -> None:
    """Do it; a rollback whose end nobody saw is asked for again by name, lest the second go back from the first."""
    again = "the same command"
    if action is Action.ROLLBACK and name is None:
        again = f"`klarmeld generations {chosen.name} rollback {change.after.live} --execute`"
    with operating(chosen, finishes=again):
        await _write(subject, action, name or "", change, signature)


async def _change(subject: Subject, action: Action, name: str | None) -> Change | None:
    match action:
        case Action.LIST:
            return None
        case Action.ROLLBACK:
            return await rolled_back(subject, name)
        case Action.DROP if name is None:
            raise UsageError("Which generation?", remedy="Add its name, as `list` shows it.")
        case Action.DROP:
            return await without(subject, name or "")
        case _:
            assert_never(action)


async def _write(subject: Subject, action: Action, name: str, change: Change, signature: Signature) -> None:
    if action is Action.DROP:
        await drop(subject, name, signature)
    else:
        with advance() as tell:
            await roll_back(subject, change, signature, tell=tell)


def _as_json(service: str, change: Change | None, rows: list[GenerationRow], *, executed: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"service": service, "generations": [asdict(each) for each in rows], "executed": executed}
    if change:
        said |= {name: generation_as_json(each) for name, each in change._asdict().items()}
    return said


def _show(action: Action, change: Change | None, rows: list[GenerationRow], *, executed: bool) -> None:
    console = terminal()
    table = Table("Generation", "Role", "Documents", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(row.name, row.role, f"{row.documents:,}")
    console.print(table)
    if change is None:
        return
    verb = "Done" if executed else "Nothing has been changed; add --execute to do it"
    was, becomes = change.before, change.after
    gone = "" if action is Action.ROLLBACK else ", and the dropped one is removed"
    console.print(
        f"Live: {was.live} → {becomes.live}; also written: {', '.join(becomes.also) or 'none'}{gone}. {verb}."
    )
