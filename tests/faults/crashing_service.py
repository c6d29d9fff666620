"""`python -m tests.faults.crashing_service NAME MOMENT N` serves until MOMENT comes the N-th time, and dies."""

import os
import signal
import sys
from collections.abc import Callable
from importlib import import_module

from services.chassis.process import run


def crash_at(moment: str, times: int) -> Callable[[str], None]:
    left = times

    def told(name: str) -> None:
        nonlocal left
        left -= name == moment
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    return told


def main(name: str, moment: str, times: str) -> None:
    """Serve `name` like its own entry point."""
    app = import_module(f"services.{name}.app")
    settings = import_module(f"services.{name}.settings").Settings()
    run(name, lambda: app.create(settings, moment=crash_at(moment, int(times))), settings)


if __name__ == "__main__":
    main(*sys.argv[1:])
