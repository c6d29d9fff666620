"""`klarmeld` and `python -m deploy.cli`: the command, and Ctrl-C from its first moment, before its verbs are read."""

import sys
from importlib import import_module

#: What shells say of a command that Ctrl-C ended; typer says it too.
INTERRUPTED = 130


def main() -> None:
    """Run the command; one that was interrupted says how to go on."""
    try:
        import_module("deploy.cli.command").main()  # reading all verbs takes most of a second
    except KeyboardInterrupt:
        _interrupted()
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            _interrupted()
        raise


def _interrupted() -> None:
    print("Stopped. What was under way is finished by the same command.", file=sys.stderr)
    sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
