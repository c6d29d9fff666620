"""How far long work is: a bar with count, rate and time left on a terminal, plain lines now and then elsewhere."""

import os
import re
import subprocess
import sys

import pytest

from deploy.cli import advance as module
from deploy.cli.advance import Steps, advance
from tests.stack import REPOSITORY

WORK = """
import time
from deploy.cli.advance import advance
with advance() as tell:
    for done in range(0, 1_000, 50):
        tell("reading", done, 1_000)
        time.sleep(0.05)
"""


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_elsewhere_a_plain_line_comes_now_and_then_with_rate_and_time_left(clock: Clock, capsys):
    with advance() as tell:
        for done in range(0, 100, 10):
            tell("reading", done, 100)
            clock.now += 1

    assert capsys.readouterr().err == "reading: 50 of 100, 10/s, 5 s left\n"


def test_on_a_terminal_a_bar_shows_count_rate_and_time_left():
    terminal, end = os.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen([sys.executable, "-c", WORK], cwd=REPOSITORY, env=environment, stderr=end)
    os.close(end)
    said = b""
    while True:
        try:
            some = os.read(terminal, 65_536)
        except OSError:  # what a terminal says once nobody is at its other end
            break
        said += some
    os.close(terminal)

    assert process.wait() == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", said.decode())
    assert "950 of 1,000" in text
    assert re.search(r"[0-9]+/s", text)
    assert re.search(r"0:00:0[0-9]", text)


def test_single_steps_are_told_at_the_beginning_at_the_end_and_not_each_of_them(clock: Clock):
    told: list[tuple[str, int, int]] = []
    step = Steps(lambda *each: told.append(each), "reading", 1_000)
    for _ in range(1_000):
        step()
        clock.now += 0.001

    assert told[0] == ("reading", 0, 1_000)
    assert told[-1] == ("reading", 1_000, 1_000)
    assert 5 < len(told) < 20
    assert step.done == 1_000
