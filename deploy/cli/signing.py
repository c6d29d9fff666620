"""Who changes something and why, for the journal of the service."""

import getpass
from typing import Annotated

import typer

from contracts.instants import fixed
from services.chassis import clock
from services.chassis.projection.journal import Signature

Execute = Annotated[bool, typer.Option("--execute", help="Do it; without this only the plan is shown.")]
Why = Annotated[str, typer.Option(help="Why, for the journal.")]
Who = Annotated[str | None, typer.Option(help="Who, for the journal; else the user of this machine.")]


def signed(who: str | None, why: str) -> Signature:
    """Return the signature of a change that is made now."""
    return Signature(who or _user(), why, fixed(clock.now()))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
