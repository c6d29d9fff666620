"""The steps of a running stack as plain lines, where there is no terminal to draw on."""

from typing import assert_never

from rich.console import Console

from deploy.cli.board import board_of
from deploy.cli.sentences import SAMPLE, fetching_line, figures_line, ready_line, settled_text
from deploy.cli.steps import ActBegun, AllReady, Board, Fetching, Ready, Settled, Step, Stopping
from deploy.fleet import PORTAL


class PlainLines:
    """Prints a line for each step that is news, and the whole board once, when everything has settled."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._board = Board({}, ())
        self._said = ""

    def __call__(self, step: Step) -> None:
        match step:
            case Fetching():
                self._say(fetching_line(step))
            case Ready():
                self._say(ready_line(step))
            case AllReady():
                self._say(f"Everything is ready. Open {step.urls[PORTAL]} in a browser.")
            case ActBegun():
                self._say(f"Act {step.number} of {step.acts}: {step.title}")
            case Board():
                self._board = step
                self._say(figures_line(step))
            case Settled():
                self._console.print(SAMPLE, board_of(self._board), settled_text(step), sep="\n")
            case Stopping():
                self._say("Stopping; the data stay.")
            case _:
                assert_never(step)

    def _say(self, line: str) -> None:
        """Print a line that says something new."""
        if line and line != self._said:
            self._console.print(line, highlight=False, soft_wrap=True)
            self._said = line
