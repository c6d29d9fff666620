"""The steps of a running stack in words, for a terminal and for plain lines alike."""

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from deploy.campaign.outcome import Difference
from deploy.cli.notices import notices_line
from deploy.cli.steps import Board, Fetching, Ready, Settled

#: Shown wherever the campaign's figures are, since they look like those of real municipalities.
SAMPLE = "SAMPLE ROSTER, made-up events"


def fetching_line(step: Fetching) -> str:
    """Say what is fetched, once at the beginning and once at the end."""
    if step.total is not None and step.done == step.total:
        return f"Fetched {step.name}."
    return f"Fetching {step.name}, needed once …" if step.done == 0 else ""


def ready_line(step: Ready) -> str:
    """Say that a part can be used, where, and what it is for."""
    state = "found" if step.existing else "ready"
    return f"{step.part:<13} {state}  {step.url}" + (f"  {step.about}" if step.about else "")


def figures_line(board: Board) -> str:
    """Say goal and result, as the two figures that they are, and the stages."""
    rollup = board.rollup
    if not rollup.get("applicable"):
        return ""
    stages = ", ".join(f"{stage} {count}" for stage, count in rollup["stages"].items())
    goal, result = (f"{rollup[name]:.1f} %" for name in ("goal_percent", "result_percent"))
    return (
        f"Goal (oriented) {goal}; result (receiving in KP) {result}; {stages}; notices: {notices_line(board.notices)}"
    )


def settled_text(step: Settled) -> RenderableType:
    """Say whether the outcome is the expected one, and where not."""
    if step.ok:
        again = " It was played here before; telling it again changed nothing." if step.again else ""
        mails = "" if step.notices_quiet else " Notices are still on their way; the next run goes on with them."
        return Text(f"✔ Settled: all three services show the expected outcome everywhere.{again}{mails}", style="green")
    count = len(step.differences)
    many = "1 value differs" if count == 1 else f"{count} values differ"
    said = Text(f"✘ Not settled: {many} from the expected outcome.", style="bold red")
    return Group(said, differences_table(step.differences))


def differences_table(differences: Iterable[Difference]) -> Table:
    """Return a row for each value that is otherwise than expected."""
    table = Table("Municipality", "Service", "Value", "Expected", "Found", box=None, header_style="dim")
    for each in differences:
        table.add_row(*(escape(str(value)) for value in each))
    return table
