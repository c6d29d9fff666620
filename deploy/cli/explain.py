"""`klarmeld explain`: why a value is what it is, and what is missing for the next state."""

import asyncio
from typing import Annotated, Any, Literal

import typer
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deploy.cli.asking import asking
from deploy.cli.options import AsJson, Code, PortBase, Rollout, ValuePath
from deploy.cli.place import Place, place
from deploy.cli.terminal import terminal
from deploy.cli.words import local_time
from deploy.fleet import TASKS

Language = Annotated[Literal["da", "en"], typer.Option(help="Language of the rules.")]


def explain(  # noqa: PLR0913  the options of the contract
    rollout: Rollout,
    code: Code,
    path: ValuePath,
    *,
    lang: Language = "en",
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """Show the facts and the rule behind one value of a municipality."""
    found = asyncio.run(_explanation(place(port_base), rollout, code, path))
    console = terminal()
    console.print_json(data=found) if as_json else console.print(_shown(found, lang))


async def _explanation(here: Place, rollout: str, code: str, path: str) -> dict[str, Any]:
    async with asking(here) as services:
        url = f"/v1/rollouts/{rollout}/municipalities/{code}/explain"
        found: dict[str, Any] = await services.get(TASKS.name, url, path=path)
        return found


def _shown(found: dict[str, Any], lang: str) -> RenderableType:
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for column in ("Fact", "Said by", "What", "Held", "On the log"):
        table.add_column(column, overflow="fold")
    for fact in found["facts"]:
        what = fact["type"].removeprefix("dk.klarmeld.")
        table.add_row(fact["id"], fact["source"], what, local_time(fact["time"]), local_time(fact["recorded"]))
    missing = [Text(f"Missing: {each[lang]}") for each in found["missing"]]
    title = Text.assemble((found["path"], "bold"), " is ", (str(found["value"]), "bold"))
    return Group(title, Text(found["rule"][lang]), *missing, Text(), table if found["facts"] else Text("No facts yet."))
