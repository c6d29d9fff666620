"""How far a long operation has come: a bar with rate and time left on a terminal, a line now and then elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from services.chassis.replay.judging import Tell

#: Seconds between two plain lines.
_LINE_S = 5.0
#: And between two moves of a bar by single steps.
_STEP_S = 0.1


@contextmanager
def advance() -> Iterator[Tell]:
    """Yield what to tell the progress to; it goes to standard error, so that the answer can be piped."""
    console = Console(stderr=True, highlight=False)
    if console.is_terminal and not console.is_dumb_terminal:
        columns = (TextColumn("{task.description:<14}"), BarColumn(), _Count(), _Rate(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as bars:
            yield _Bars(bars)
    else:
        yield _Lines(console)


class Steps:
    """Counts the steps of something long one by one; being called is a step."""

    def __init__(self, tell: Tell, what: str, total: int) -> None:
        self.done = 0
        self._tell, self._what, self._total = tell, what, total
        self._told = 0.0
        tell(what, 0, total)

    def __call__(self) -> None:
        self.done += 1
        now = time.monotonic()
        if now - self._told >= _STEP_S or self.done == self._total:
            self._told = now
            self._tell(self._what, self.done, self._total)


class _Bars:
    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, int] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what, total=total)
        self._bars.update(self._tasks[what], completed=done, total=total)  # type: ignore[arg-type]


class _Lines:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._what, self._began, self._said = "", 0.0, 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if what != self._what:
            self._what, self._began, self._said = what, now, now
        elif now - self._said >= _LINE_S:
            self._said = now
            rate = done / (now - self._began)
            left = f", {(total - done) / rate:,.0f} s left" if rate and total > done else ""
            self._console.print(f"{what}: {done:,} of {total:,}, {rate:,.0f}/s{left}", soft_wrap=True)


class _Count(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{int(task.completed):,} of {int(task.total or 0):,}")


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "", style="dim")
