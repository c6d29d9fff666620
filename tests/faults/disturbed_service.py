"""`python -m tests.faults.disturbed_service NAME crash|slow MOMENT NUMBER`: a service that a moment disturbs."""

import os
import signal
import sys
import time
from collections.abc import Callable

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


def slow(moment: str, milliseconds: int) -> Told:
    """Let every batch take longer at `moment`."""

    def told(name: str) -> None:
        if name == moment:
            time.sleep(milliseconds / 1000)

    return told


def main(name: str, how: str, moment: str, number: str) -> None:
    """Serve `name` like its own entry point, but disturbed."""
    told = {"crash": crash, "slow": slow}[how](moment, int(number))
    serve(name, moment=told)


if __name__ == "__main__":
    main(*sys.argv[1:])
