"""Which way the steps of a running stack are shown: JSON Lines, a live board, or plain lines."""

from collections.abc import Iterator
from contextlib import contextmanager

from deploy.cli.as_json import JsonLines
from deploy.cli.as_lines import PlainLines
from deploy.cli.on_screen import Screen
from deploy.cli.steps import Tell
from deploy.cli.terminal import terminal


@contextmanager
def shown(*, as_json: bool) -> Iterator[Tell]:
    """Yield what to tell the steps to; standard output decides between the board and plain lines."""
    console = terminal()
    if as_json:
        yield JsonLines()
    elif console.is_terminal and not console.is_dumb_terminal:
        with Screen(console) as screen:
            yield screen
    else:
        yield PlainLines(console)
