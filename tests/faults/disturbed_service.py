"""`python -m tests.faults.disturbed_service NAME crash|crash_behind|slow MOMENT NUMBER`: one that a moment disturbs."""

import os
import signal
import sys
import time
from collections.abc import Callable

from services.chassis.log import consumer
from services.chassis.projection import projector
from tests.altered_service import serve

Told = Callable[[str], None]


def crash(moment: str, times: int) -> Told:
    """Kill this process when `moment` comes for the `times`-th time."""
    left = times

    def told(name: str) -> None:
        nonlocal left
        left -= name == moment
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    return told


def crash_behind(moment: str, times: int) -> Told:
    """Do the same to one to which every batch shows that it is behind."""
    consumer.BEHIND = projector.BEHIND = 1
    return crash(moment, times)


def slow(moment: str, milliseconds: int) -> Told:
    """Let every batch take longer at `moment`."""

    def told(name: str) -> None:
        if name == moment:
            time.sleep(milliseconds / 1000)

    return told


def main(name: str, how: str, moment: str, number: str) -> None:
    """Serve `name` like its own entry point, but disturbed."""
    told = {"crash": crash, "crash_behind": crash_behind, "slow": slow}[how](moment, int(number))
    serve(name, moment=told)


if __name__ == "__main__":
    main(*sys.argv[1:])
