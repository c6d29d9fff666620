"""The terminal that commands write to: as wide as it is, and wide enough for every table where it is none."""

from rich.console import Console

_UNBOUND = 120


def terminal() -> Console:
    """Return standard output; colours follow NO_COLOR and whether it is a terminal at all."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = max(console.width, _UNBOUND)
    return console
