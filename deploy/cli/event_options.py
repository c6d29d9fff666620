"""The options that choose events of the log, shared by export, replay and tail."""

from typing import Annotated

import typer

from contracts.instants import read_instant
from contracts.municipalities import MUNICIPALITIES
from contracts.names import EventName
from contracts.topics import Topic
from deploy.cli.errors import UsageError
from deploy.selection import Selection


def _names(incomplete: str) -> list[str]:
    return [name for name in EventName if name.lower().startswith(incomplete.lower())]


def _codes(incomplete: str) -> list[tuple[str, str]]:
    return [(each.code, each.name) for each in MUNICIPALITIES.values() if each.code.startswith(incomplete)]


From = Annotated[str | None, typer.Option("--from", help="From this RFC 3339 time on.")]
To = Annotated[str | None, typer.Option("--to", help="Until this RFC 3339 time, itself excluded.")]
Held = Annotated[
    bool, typer.Option("--by-time", help="The times speak of when a fact holds, not of when it was recorded.")
]
RolloutOption = Annotated[str | None, typer.Option("--rollout", help="Only this rollout.")]
Municipality = Annotated[str | None, typer.Option(help="Only this kommunekode.", autocompletion=_codes)]
Name = Annotated[
    str | None, typer.Option("--type", help="Only this event, e.g. AgreementSigned.", autocompletion=_names)
]
OnTopics = Annotated[list[Topic] | None, typer.Option("--topic", help="Only this topic; may be given again.")]


def selection(  # noqa: PLR0913  one for each option
    *,
    start: str | None,
    end: str | None,
    by_time: bool,
    rollout: str | None,
    municipality: str | None,
    name: str | None,
    topics: list[Topic] | None,
) -> Selection:
    """Return what the options choose; UsageError names the option that can't be meant."""
    if municipality is not None and municipality not in MUNICIPALITIES:
        raise UsageError(f"--municipality {municipality} is none of the 98.", remedy="Give a kommunekode, e.g. 0630.")
    short = name.removeprefix("dk.klarmeld.").rpartition(".v")[0] or name if name else None
    if short is not None and short not in set(EventName):
        raise UsageError(f"--type {name} is no event of the catalogue.", remedy="Give a name, e.g. AgreementSigned.")
    return Selection(
        start=_instant("--from", start),
        end=_instant("--to", end),
        recorded=not by_time,
        rollout=rollout,
        municipality=municipality,
        name=short,
        topics=tuple(topics or Topic),
    )


def _instant(option: str, text: str | None) -> str | None:
    try:
        return read_instant(text) if text else None
    except ValueError as error:
        raise UsageError(f"{option} {text} is no time: {error}.", remedy="E.g. 2026-05-01T00:00:00+02:00.") from None
