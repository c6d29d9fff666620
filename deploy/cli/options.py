"""The options and arguments that several commands share, with what tab completion offers for them."""

from pathlib import Path
from typing import Annotated

import typer

from contracts.municipalities import MUNICIPALITIES
from deploy.campaign.teller import ROLLOUT
from deploy.fleet import FLEET

Offers = list[tuple[str, str]]


def _rollouts(incomplete: str) -> Offers:
    return [(ROLLOUT, "Serviceaftaler og vejledning")] if ROLLOUT.startswith(incomplete) else []


def _codes(incomplete: str) -> Offers:
    return [(each.code, each.name) for each in MUNICIPALITIES.values() if each.code.startswith(incomplete)]


def _paths(incomplete: str) -> Offers:
    paths = ("stage", "turn.primary", "orientation.state", "orientation.missing", "agreement.state")
    more = ("information.guidance", "information.webinar", "forwarding.state", "forwarding.eans", "task.state")
    return [(path, "") for path in paths + more if path.startswith(incomplete)]


def _services(incomplete: str) -> Offers:
    return [(each.name, each.about) for each in FLEET if each.name.startswith(incomplete)]


PortBase = Annotated[int | None, typer.Option(help="First of the ten ports of the local stack; else 8100.")]
Data = Annotated[Path | None, typer.Option(help="Directory of data, logs and pids; else .klarmeld.", file_okay=False)]
AsJson = Annotated[bool, typer.Option("--json", help="JSON for programs instead of words for people.")]
Rollout = Annotated[str, typer.Argument(help="The rollout, e.g. efaktura-8b.", autocompletion=_rollouts)]
Code = Annotated[str, typer.Argument(help="The municipality's kommunekode, e.g. 0630.", autocompletion=_codes)]
OptionalCode = Annotated[
    str | None, typer.Argument(help="A kommunekode, e.g. 0630; none: all of them.", autocompletion=_codes)
]
ValuePath = Annotated[str, typer.Argument(help="A value, e.g. agreement.state.", autocompletion=_paths)]
Service = Annotated[str, typer.Option(help="The service that is asked.", autocompletion=_services)]
NamedService = Annotated[str, typer.Argument(help="The service that is meant.", autocompletion=_services)]
Memory = Annotated[int, typer.Option(min=160, help="Megabytes that all its processes take together at most.")]
