"""The options that choose events of the log, shared by export, replay and tail."""

import re
from typing import Annotated

import typer

from contracts.instants import read_instant
from contracts.municipalities import MUNICIPALITIES
from contracts.names import EventName
from contracts.topics import TOPIC_PREFIX, Topic
from deploy.cli.errors import UsageError
from deploy.selection import Selection, Stretch

_STRETCH = re.compile(
    r"(?:klarmeld\.)?(?P<topic>[a-z]+)-(?P<partition>[0-9]+)-(?P<start>[0-9]+)(?P<open>\.\.(?P<end>[0-9]*))?"
)


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
Offsets = Annotated[
    list[str] | None,
    typer.Option(
        help="Only these offsets of a partition: agreements-3-1042..1100 (the end excluded), agreements-3-1042.. or"
        " agreements-3-1042. May be given again for another partition."
    ),
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
    offsets: list[str] | None = None,
) -> Selection:
    """Return what the options choose; UsageError names the option that can't be meant."""
    if municipality is not None and municipality not in MUNICIPALITIES:
        raise UsageError(f"--municipality {municipality} is none of the 98.", remedy="Give a kommunekode, e.g. 0630.")
    short = name.removeprefix("dk.klarmeld.").rpartition(".v")[0] or name if name else None
    if short is not None and short not in set(EventName):
        raise UsageError(f"--type {name} is no event of the catalogue.", remedy="Give a name, e.g. AgreementSigned.")
    stretches = tuple(_stretch(each) for each in offsets or ())
    if len({(each.topic, each.partition) for each in stretches}) < len(stretches):
        raise UsageError("--offsets names a partition twice.", remedy="Give one stretch of each partition.")
    return Selection(
        start=_instant("--from", start),
        end=_instant("--to", end),
        recorded=not by_time,
        rollout=rollout,
        municipality=municipality,
        name=short,
        topics=tuple(topics or Topic),
        stretches=stretches,
    )


def _stretch(text: str) -> Stretch:
    found = _STRETCH.fullmatch(text)
    if not found or (found["end"] and int(found["end"]) <= int(found["start"])):
        raise UsageError(f"--offsets {text} is no stretch of the log.", remedy="E.g. agreements-3-1042..1100.")
    start = int(found["start"])
    end = (int(found["end"]) if found["end"] else None) if found["open"] else start + 1
    return Stretch(TOPIC_PREFIX + found["topic"], int(found["partition"]), start, end)


def _instant(option: str, text: str | None) -> str | None:
    try:
        return read_instant(text) if text else None
    except ValueError as error:
        raise UsageError(f"{option} {text} is no time: {error}.", remedy="E.g. 2026-05-01T00:00:00+02:00.") from None
