"""The steps of a running stack on a terminal: bars while fetching, then the live board."""

from types import TracebackType
from typing import Self, assert_never

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from deploy.campaign.teller import ROLLOUT
from deploy.cli.board import board_of
from deploy.cli.sentences import SAMPLE, ready_line, settled_text
from deploy.cli.steps import ActBegun, AllReady, Board, Fetching, Ready, Settled, Step, Stopping
from deploy.fleet import FLEET, PORTAL

#: What a part weighs on disk, roughly, in MB, so that a slow connection knows what it is in for.
_WEIGHTS = {"Kafka": 45, "MongoDB": 135, "Java": 60}


class Screen:
    """Draws the newest of everything while its context lasts, and leaves the last board on the terminal."""

    def __init__(self, console: Console) -> None:
        self._bars = Progress(
            TextColumn("Fetching {task.description}, needed once"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
        )
        self._fetches: dict[str, TaskID] = {}
        self._board: Board | None = None
        self._line: RenderableType = Text()
        self._all: AllReady | None = None
        self._live = Live(console=console, get_renderable=self._drawn, refresh_per_second=4, vertical_overflow="crop")

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def __call__(self, step: Step) -> None:
        match step:
            case Fetching():
                self._fetching(step)
            case Ready():
                self._live.console.print(Text.assemble(("✔ ", "green"), ready_line(step)), soft_wrap=True)
            case AllReady():
                self._all = step
            case ActBegun():
                self._line = Text(f"▶ Act {step.number} of {step.acts} · {step.title}", style="bold")
            case Board():
                self._board = step
            case Settled():
                self._line = settled_text(step)
            case Stopping():
                self._line, self._all = Text("Stopping; the data stay, and the next run goes on from here."), None
            case _:
                assert_never(step)

    def _fetching(self, step: Fetching) -> None:
        if step.name not in self._fetches:
            weight = f"{step.name} (about {_WEIGHTS[step.name]} MB)" if step.name in _WEIGHTS else step.name
            self._fetches[step.name] = self._bars.add_task(weight, total=None, count="")
        count = f"{step.done} of {step.total}" if step.total and step.total > 1 else ""
        self._bars.update(self._fetches[step.name], total=step.total, completed=step.done, count=count)

    def _drawn(self) -> RenderableType:
        # The empty line at the end has room for the ^C of a terminal, which else would shift the lines above it.
        return Group(*self._upper(), self._line, *_footer(self._all), Text())

    def _upper(self) -> list[RenderableType]:
        """Return the board, or the bars while there is none and something is on its way."""
        if self._board is not None:
            return [_title(), board_of(self._board), Text()]
        return [self._bars.get_renderable()] if self._fetches and self._all is None else []


def _title() -> RenderableType:
    table = Table.grid(expand=True)
    table.add_column()
    table.add_column(justify="right")
    table.add_row(
        Text("klarmeld · eFaktura 8b, ØS Indsigt to KP", style="bold"),
        Text(f" {SAMPLE} ", style="bold black on yellow"),
    )
    return table


def _footer(all_ready: AllReady | None) -> list[RenderableType]:
    """Say where to look next, while there is somewhere."""
    if all_ready is None:
        return []
    lines = (
        ("Pages", all_ready.urls[PORTAL]),
        ("Look", f"klarmeld progress {ROLLOUT} 0630{all_ready.options}"),
        ("Ask why", f"klarmeld explain {ROLLOUT} 0630 agreement.state{all_ready.options}"),
        ("HTTP", "  ".join(f"{each.name} {all_ready.urls[each.name]}/docs" for each in FLEET)),
        ("Stop", "Ctrl-C; the data stay"),
    )
    table = Table.grid(padding=(0, 1))
    for title, text in lines:
        table.add_row(Text(title, style="dim"), Text(text, overflow="fold"))
    return [table]
