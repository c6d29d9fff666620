"""`klarmeld progress`: a rollout, or one municipality of it, now or as of any moment."""

import asyncio
import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from contracts.instants import read_instant
from deploy.cli.asking import asking
from deploy.cli.board import board_of
from deploy.cli.errors import UsageError
from deploy.cli.options import AsJson, OptionalCode, PortBase, Rollout, Service
from deploy.cli.place import Place, place
from deploy.cli.steps import Board
from deploy.cli.terminal import terminal
from deploy.cli.view import view_of
from deploy.cli.watching import board
from deploy.fleet import TASKS

AsOf = Annotated[
    str | None, typer.Option(metavar="TIME", help="What held at this moment, e.g. 2026-05-01T00:00:00+02:00.")
]
KnownAt = Annotated[str | None, typer.Option(metavar="TIME", help="As the log knew it at this moment.")]


def progress(  # noqa: PLR0913  the options of the contract
    rollout: Rollout,
    code: OptionalCode = None,
    *,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    service: Service = TASKS.name,
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """Show how far a rollout is, or one municipality of it."""
    here = place(port_base)
    if service not in here.urls:
        raise UsageError(f"There is no service {service}.", remedy=f"It is one of {', '.join(here.urls)}.")
    console = terminal()
    if code is None:
        if as_of or known_at:
            raise UsageError("--as-of and --known-at are about one municipality.", remedy="Give its code too.")
        _show_rollout(console, asyncio.run(_rollout(here, rollout)), rollout, as_json=as_json)
    else:
        query = {"as_of": _moment("--as-of", as_of), "known_at": _moment("--known-at", known_at)}
        view = asyncio.run(_municipality(here, service, rollout, code, query))
        console.print_json(data=view) if as_json else console.print(view_of(view))


async def _municipality(
    here: Place, service: str, rollout: str, code: str, query: dict[str, str | None]
) -> dict[str, Any]:
    async with asking(here) as services:
        view: dict[str, Any] = await services.get(service, f"/v1/rollouts/{rollout}/municipalities/{code}", **query)
        return view


def _moment(option: str, text: str | None) -> str | None:
    try:
        if text:
            read_instant(text)
    except ValueError as error:
        raise UsageError(f"{option} is {error}.", remedy="Write it like 2026-05-01T00:00:00+02:00.") from None
    return text


async def _rollout(here: Place, rollout: str) -> tuple[Board, str | None]:
    """Return the board, and where the roster is from as the first municipality's view has it."""
    async with asking(here) as services:
        found = await board(services, rollout)
        if not found.rows:
            return found, None
        first = found.rows[0]["municipality"]
        view = await services.get(TASKS.name, f"/v1/rollouts/{rollout}/municipalities/{first}")
        return found, view["progress"].get("enrolment", {}).get("roster_source")


def _show_rollout(console: Console, found: tuple[Board, str | None], rollout: str, *, as_json: bool) -> None:
    shown, roster_source = found
    if as_json:
        said = {"rollout": rollout, "roster_source": roster_source, "rollup": shown.rollup}
        print(json.dumps(said | {"municipalities": shown.rows}, ensure_ascii=False))
        return
    console.print(
        Text.assemble((rollout, "bold"), f" · roster: {roster_source or 'none yet'}"), board_of(shown), sep="\n\n"
    )
