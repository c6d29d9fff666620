"""What a rebuild would do, would change and did, for people."""

from collections.abc import Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from deploy.cli.terminal import terminal
from deploy.cli.verify import differences_table
from services.chassis.replay.rebuild import Plan, Rebuilt
from services.chassis.replay.rebuild_changes import Changed

#: More rows than this are for --json.
_MOST_ROWS = 50
_LONGEST_VALUE = 40


def show_plan(service: str, plan: Plan, *, execute: bool) -> None:
    """Say what a rebuild does, and what is live meanwhile."""
    console = terminal()
    generation = plan.generation
    console.print(f"Rebuilding {service} reads {plan.records:,} records, in about {plan.seconds:,} s.")
    console.print(f"{generation.live} stays live until the new generation is whole and as the log says.")
    if generation.also:
        console.print(f"Each batch is also written to {', '.join(generation.also)}, until dropped.")
    if plan.unfinished:
        console.print(
            f"The rebuild into {plan.unfinished.collection} of {plan.unfinished.began} is unfinished; it goes on."
        )
    if not execute:
        console.print("Nothing has been changed; add --execute to do it.", style="bold")


def show_changes(found: Sequence[Changed] | None) -> None:
    """Show each value that would be another one."""
    if found is None:
        return
    console = terminal()
    if not found:
        console.print("No view would change.")
        return
    table = Table("Document", "Value", "Now", "After", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for each in found[:_MOST_ROWS]:
        table.add_row(each.document, each.path, _short(each.before), _short(each.after))
    console.print(table)
    documents = len({each.document for each in found})
    console.print(f"{len(found):,} values of {documents:,} documents would change; all of them with --json.")


def show_rebuilt(service: str, rebuilt: Rebuilt) -> None:
    """Say how it ended."""
    console, new = terminal(), rebuilt.new
    if rebuilt.change is None:
        console.print(differences_table(new.differences))
        console.print(f"✘ {rebuilt.collection} is not what the log says, so nothing was changed.", style="bold red")
        console.print(
            f"Run this again, or give it up: klarmeld generations {service} drop {rebuilt.collection} --execute"
        )
        return
    differed = len({each.document for each in rebuilt.old.differences})
    told = f"{new.documents:,} documents with {new.facts:,} facts"
    console.print(f"✔ {rebuilt.collection} is live: {told}; {differed:,} documents differed before.", style="green")
    console.print(f"{rebuilt.change.before.live} is kept up beside it: klarmeld generations {service} rollback")


def _short(value: Any) -> str:
    text = "–" if value is None else str(value)
    return escape(text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…")
