"""The board: every municipality of the rollout in a row, readable on a terminal of 100 by 30."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deploy.cli import words
from deploy.cli.steps import Board
from deploy.cli.words import word

_STAGE_STYLES = {
    "receiving": "bold green",
    "to_verify": "cyan",
    "to_configure": "yellow",
    "to_sign": "yellow",
    "awaiting_eg": "cyan",
    "to_orient": "yellow",
    "blocked": "bold red",
}
_BAR = 24


def board_of(board: Board) -> RenderableType:
    """Return goal and result as two figures, a row for each municipality, stages and proofs."""
    if not board.rollup:
        return Text("Nothing of the rollout is on the log yet.", style="dim")
    return Group(_figures(board.rollup), Text(), _rows(board), Text(), _stages(board.rollup), _proofs(board.rollup))


def _figures(rollup: dict[str, Any]) -> RenderableType:
    """Return the two figures of the card, never one for the other."""
    table = Table.grid(padding=(0, 2))
    lines = (
        ("Goal", "oriented about EG's plan", "oriented", "goal_percent", "cyan"),
        ("Result", "eFaktura arrive in KP", "receiving", "result_percent", "green"),
    )
    for title, meaning, count, percent, style in lines:
        share = rollup[percent] or 0.0
        table.add_row(
            Text(title, style="bold"),
            meaning,
            Text(f"{share:.1f} %", style=f"bold {style}", justify="right"),
            _bar(share, style),
            f"{rollup[count]} of {rollup['applicable']} municipalities",
        )
    return table


def _bar(percent: float, style: str) -> Text:
    full = round(percent / 100 * _BAR)
    return Text.assemble(("█" * full, style), ("░" * (_BAR - full), "dim"))


def _rows(board: Board) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim", pad_edge=False)
    for title in ("Code", "Municipality", "Stage", "People", "Agreem.", "Guide", "Webinar", "Forward.", "Task"):
        table.add_column(title, no_wrap=True)
    for title in ("Turn", "Next", "Since"):
        table.add_column(title, no_wrap=True)
    for row in board.rows:
        table.add_row(*_cells(row))
    return table


def _cells(row: dict[str, Any]) -> list[RenderableType]:
    tracks, first = row["tracks"], row["turn"]["primary"]
    style = _STAGE_STYLES.get(row["stage"], "")
    return [
        row["municipality"],
        row["name"],
        Text(word(words.STAGES, row["stage"]), style=style),
        word(words.ORIENTATION, tracks["orientation"]),
        word(words.AGREEMENT, tracks["agreement"]),
        word(words.GUIDANCE, tracks["information"]["guidance"]),
        word(words.WEBINAR, tracks["information"]["webinar"]),
        word(words.FORWARDING, tracks["forwarding"]),
        word(words.TASK, tracks["task"]),
        Text(word(words.ACTORS, first["actor"]), style=style),
        Text(word(words.ACTIONS, first["action"]), style=style),
        words.local_day(first["since"]),
    ]


def _stages(rollup: dict[str, Any]) -> Text:
    counts = [
        Text(f"{word(words.STAGES, stage)} {rollup['stages'][stage]}", style=_STAGE_STYLES.get(stage, ""))
        for stage in words.STAGE_ORDER
        if rollup["stages"].get(stage)
    ]
    return Text.assemble(("Stages    ", "bold"), Text(" · ").join(counts))


def _proofs(rollup: dict[str, Any]) -> Text:
    irregular = sorted({code for batch in rollup["batches"] for code in batch["missing"] + batch["late"]})
    at_once = "no agreements sent yet" if not rollup["batches"] else _all_but(irregular, "sent within a day")
    webinar = _all_but(rollup["not_invited"], "invited to the one webinar")
    shared = [f"{each['ean']} at {' and '.join(each['municipalities'])}" for each in rollup["ean_conflicts"]]
    text = Text.assemble(("EG's plan ", "bold"), f"agreements: {at_once} · webinar: {webinar}")
    if shared:
        text.append(f"\nOne EAN   active at two: {', '.join(shared)}", style="yellow")
    return text


def _all_but(exceptions: list[str], done: str) -> str:
    return f"all but {', '.join(exceptions)} {done}" if exceptions else f"all {done}"
