"""`klarmeld` and `python -m deploy.cli`: the command, and Ctrl-C from its first moment, before its verbs are read."""

import os
import signal
import sys
from importlib import import_module
from typing import Never

#: What shells say of a command that Ctrl-C ended; typer says it too.
INTERRUPTED = 130


def main() -> None:
    """Run the command; one that was interrupted says how to go on."""
    usual = signal.signal(signal.SIGINT, _stop_at_once)
    command = import_module("deploy.cli.command")  # reading all verbs takes most of a second
    signal.signal(signal.SIGINT, usual)
    try:
        command.main()
    except KeyboardInterrupt:
        _interrupted()
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            _interrupted()
        raise


def _interrupted() -> Never:
    _say_so()
    sys.exit(INTERRUPTED)


def _stop_at_once(*_signal: object) -> Never:
    """End before anything was begun: an exception in the midst of reading a module may come out as another one."""
    _say_so()
    os._exit(INTERRUPTED)


def _say_so() -> None:
    print("Stopped. What was under way is finished by the same command.", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
