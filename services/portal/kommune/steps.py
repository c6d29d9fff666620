"""The steps of each track as they are drawn: which are done, and where it stands now."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Track = Mapping[str, Any]


class Step(NamedTuple):
    """One step; its text stands at `step.<name>`."""

    name: str
    done: bool
    current: bool

    @property
    def key(self) -> str:
        return f"step.{self.name}"


def orientation(track: Track) -> Sequence[Step]:
    """Both roles side by side, then the whole."""
    missing = track["missing"]
    names = ("systemansvarlig_bogfoering", "aftaleadministrator")
    roles = [Step(name, name not in missing, current=False) for name in names]
    oriented = track["state"] == "oriented"
    return [*_first_open(roles), Step("oriented", oriented, current=False)]


def agreement(track: Track) -> Sequence[Step]:
    """Sent, opened, signed; or how it ended otherwise."""
    match track["state"]:
        case "awaiting_eg":
            return _line(("awaiting_eg", "sent", "viewed", "signed"), 0)
        case "sent" | "delivered":
            return _line(("awaiting_eg", "sent", "viewed", "signed"), 1)
        case "viewed":
            return _line(("awaiting_eg", "sent", "viewed", "signed"), 2)
        case "signed":
            return _line(("awaiting_eg", "sent", "viewed", "signed"), 4)
        case ended:
            return _line(("awaiting_eg", "sent", ended), 2)


def guidance(track: Track) -> Sequence[Step]:
    """Awaited, ready, read."""
    reached = {"none": 0, "published": 1, "acknowledged": 3}[track["guidance"]]
    return _line(("guidance_awaited", "guidance_ready", "guidance_read"), reached)


def webinar(track: Track) -> Sequence[Step]:
    """Invited, accepted, attended; or what came instead."""
    match track["webinar"]:
        case "none" | "scheduled":
            return _line(("webinar_awaited", "invited", "attended"), 0)
        case "attended":
            return _line(("invited", "accepted", "attended"), 3)
        case "invited":
            return _line(("invited", "accepted", "attended"), 0)
        case "declined":
            return _line(("invited", "webinar_declined"), 1)
        case "cancelled":
            return _line(("invited", "cancelled"), 1)
        case answer:
            return _line(("invited", answer, "attended"), 1)


def forwarding(track: Track) -> Sequence[Step]:
    """Not set up, set up, forwarded; or where it failed."""
    match track["state"]:
        case "none":
            return _line(("not_set_up", "configured", "verified"), 0)
        case "disabled":
            return _line(("disabled", "configured", "verified"), 0)
        case "configured":
            return _line(("not_set_up", "configured", "verified"), 1)
        case "failed":
            return _line(("not_set_up", "failed", "verified"), 1)
    return _line(("not_set_up", "configured", "verified"), 3)


def task(track: Track, orientation: Track) -> Sequence[Step]:
    """Open, can be completed, completed."""
    if track["state"] == "completed":
        return _line(("open", "ready", "completed"), 3)
    return _line(("open", "ready", "completed"), 1 if orientation["state"] == "oriented" else 0)


def _line(names: Sequence[str], reached: int) -> Sequence[Step]:
    return [Step(name, number < reached, number == reached) for number, name in enumerate(names)]


def _first_open(steps: Sequence[Step]) -> Sequence[Step]:
    first = next((step for step in steps if not step.done), None)
    return [step._replace(current=step is first) for step in steps]
