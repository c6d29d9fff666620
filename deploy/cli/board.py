"""The board: every municipality of the rollout in a row, readable on a terminal of 100 by 30."""

from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from deploy.cli import words
from deploy.cli.notices import SHOWN, under_way
from deploy.cli.steps import Board
from deploy.cli.words import word
from services.chassis.outward.ledger_entry import Fate

_STAGE_STYLES = {
    "receiving": "bold green",
    "to_verify": "cyan",
    "to_configure": "yellow",
    "to_sign": "yellow",
    "awaiting_eg": "cyan",
    "to_orient": "yellow",
    "blocked": "bold red",
}
#: Together with the longest words of words.py no wider than 100 characters.
_COLUMNS = (
    "Code", "Municipality", "Stage", "Told", "Agreem.", "Guide", "Webinar", "Forward", "Task", "Turn", "Next", "Since",
)  # fmt: skip
_NARROW_COLUMNS = ("Code", "Municipality", "Stage", "Agreem.", "Forward", "Turn", "Next", "Since")
_WIDE = 100
_BAR = 20


def board_of(board: Board) -> RenderableType:
    """Return goal and result as two figures, a row for each municipality, stages and proofs."""
    if not board.rollup:
        return Text("Nothing of the rollout is on the log yet.", style="dim")
    return Group(
        _figures(board.rollup),
        Text(),
        _Rows(board),
        Text(),
        _stages(board.rollup),
        _proofs(board.rollup),
        _anomalies(board),
        _notices(board.notices),
    )


def _figures(rollup: dict[str, Any]) -> RenderableType:
    """Return the two figures of the card, never one for the other."""
    table = Table.grid(padding=(0, 2))
    lines = (
        ("Goal", "oriented about EG's plan", "oriented", "goal_percent", "cyan"),
        ("Result", "eFaktura arrive in KP", "receiving", "result_percent", "green"),
    )
    for title, meaning, count, percent, style in lines:
        share = rollup[percent]
        table.add_row(
            Text(title, style="bold"),
            meaning,
            Text("–" if share is None else f"{share:.1f} %", style=f"bold {style}", justify="right"),
            _bar(share or 0.0, style),
            f"{rollup[count]} of {rollup['applicable']}",
        )
    return table


def _bar(percent: float, style: str) -> Text:
    full = round(percent / 100 * _BAR)
    return Text.assemble(("█" * full, style), ("░" * (_BAR - full), "dim"))


class _Rows:
    """The municipalities; a narrow terminal gets fewer columns rather than half words."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        titles = _COLUMNS if options.max_width >= _WIDE else _NARROW_COLUMNS
        table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim", pad_edge=False)
        for title in titles:
            table.add_column(title, no_wrap=True)
        for row in self._board.rows:
            cells = dict(zip(_COLUMNS, _cells(row), strict=True))
            table.add_row(*[cells[title] for title in titles])
        yield table


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
    """Say whether EG's plan held: agreements at once, one webinar for all; and which EAN two municipalities use."""
    count = rollup["applicable"]
    irregular = {code for batch in rollup["batches"] for code in batch["missing"] + batch["late"]}
    at_once = "sent at once to " + _how_many(count, sorted(irregular)) if rollup["batches"] else "not sent yet"
    invited = _how_many(count, rollup["not_invited"])
    text = Text.assemble(("EG's plan ", "bold"), f"agreements {at_once} · invited to the one webinar: {invited}")
    for each in rollup["ean_conflicts"]:
        where = " and ".join(each["municipalities"])
        text.append(f"\nEAN radar {each['ean']} is active at {where}", style="yellow")
    return text


def _how_many(count: int, exceptions: list[str]) -> str:
    """Say it short: all, none, how many, or all but the few that are named."""
    if not exceptions:
        return f"all {count}"
    if len(exceptions) > 3:
        return f"{count - len(exceptions)} of {count}"
    return f"all but {', '.join(exceptions)}"


def _anomalies(board: Board) -> Text:
    found = [f"{row['municipality']} {code}" for row in board.rows for code in row["anomalies"]]
    return Text.assemble(("Anomalies ", "bold"), " · ".join(found) or "none")


def _notices(counts: dict[str, int]) -> Text:
    """Say what has become of the notices; what waits for people stands out."""
    parts = [Text(f"{state} {counts.get(state, 0)}", style=_notice_style(state, counts)) for state in SHOWN]
    waiting = under_way(counts)
    leaving = [Text(f"on their way {waiting}", style="cyan")] if waiting else []
    return Text.assemble(("Notices   ", "bold"), Text(" · ").join(parts + leaving))


def _notice_style(state: Fate, counts: dict[str, int]) -> str:
    trouble = state in {Fate.UNKNOWN, Fate.FAILED}
    return "bold red" if trouble and counts.get(state) else ""
