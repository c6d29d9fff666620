"""One municipality's view on a terminal: stage, whose turn, the five tracks, anomalies."""

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deploy.cli import words
from deploy.cli.words import local_time, word


def view_of(view: dict[str, Any]) -> RenderableType:
    """Return the view of one service; tracks that it does not show are left out."""
    progress = view["progress"]
    moment = [f"{name.replace('_', ' ')} {local_time(view[name])}" for name in ("as_of", "known_at") if name in view]
    title = " · ".join([f"{view.get('name', '')} {view['municipality']}".strip(), view["rollout"], *moment])
    return Group(Text(title, style="bold"), _summary(view), Text(), _tracks(progress["tracks"]))


def _summary(view: dict[str, Any]) -> Table:
    progress = view["progress"]
    turn, table = progress["turn"], Table.grid(padding=(0, 2))
    stage = progress["stage"]
    danish = f" · {word(words.STAGES_IN_DANISH, stage)}"
    table.add_row("Stage", Text.assemble((word(words.STAGES, stage), "bold"), danish))
    table.add_row("Turn", _action(turn["primary"]))
    for other in turn["others"]:
        table.add_row("Also", _action(other))
    for anomaly in progress["anomalies"]:
        rests = ", ".join(anomaly["facts"])
        table.add_row("Anomaly", Text.assemble((anomaly["code"], "yellow"), f"  {rests}"))
    if view.get("ean_conflicts"):
        table.add_row("EAN radar", Text(f"also active elsewhere: {', '.join(view['ean_conflicts'])}", style="yellow"))
    if source := progress.get("enrolment", {}).get("roster_source"):
        table.add_row("Roster", source)
    return table


def _action(action: dict[str, Any]) -> str:
    role = f" ({action['role']})" if action.get("role") else ""
    since = f", since {local_time(action['since'])}" if action["since"] else ""
    return f"{word(words.ACTORS, action['actor'])}: {action['action'].replace('_', ' ')}{role}{since}"


def _tracks(tracks: dict[str, Any]) -> Table:
    table = Table("Track", "State", "Since", "Rests on", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for name, track in tracks.items():
        for label, state in _states(name, track):
            rests = track["facts"]
            table.add_row(label, state, local_time(track.get("since")), f"{len(rests)} fact{'s'[: len(rests) != 1]}")
    return table


def _states(name: str, track: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the states of a track; information has two, and forwarding one for each EAN besides its own."""
    if "state" not in track:
        yield "guidance", track["guidance"]
        yield "webinar", track["webinar"]
        return
    notes = [f"missing {', '.join(track['missing'])}"] if track.get("missing") else []
    notes += [flag.replace("_", " ") for flag in ("details_pending", "premature") if track.get(flag)]
    yield name, " · ".join([track["state"], *notes])
    yield from ((f"  EAN {ean}", state) for ean, state in track.get("eans", {}).items())
