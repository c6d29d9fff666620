"""The KLIK task: open or completed, by a municipality's own word and nothing else (card, Metode 3)."""

from collections.abc import Sequence
from typing import Any

from contracts.anomalies import Anomaly, Oddity, anomalies
from contracts.concerns import Concern
from contracts.facts import Fact
from contracts.names import EventName
from contracts.settle import Settled
from contracts.tracks.grounds import in_time, since, turning_point
from contracts.tracks.local_items import local_items


def derive(own: Settled, orientation: dict[str, Any]) -> tuple[dict[str, Any], list[Anomaly]]:
    """Return the track and its anomalies; `orientation` is that track."""
    said = own.about(Concern.TASK)
    point = turning_point((fact, fact.name) for fact in said)
    completed = point is not None and point.name is EventName.TaskCompleted
    oriented = orientation["state"] == "oriented"
    track = {
        "state": "completed" if completed else "open",
        "since": since(point),
        "premature": completed and not oriented,
        "facts": [point.id] if point else [],
        "reopened": said[-1].data["reason"] if said and not completed else None,
        **_assigned(own.about(Concern.ASSIGNMENT)),
        "local_items": local_items(own.about(Concern.LOCAL_ITEMS)),
    }
    return track, _late(said, orientation["since"]) if oriented else []


def _late(said: Sequence[Fact], oriented_since: str) -> list[Anomaly]:
    """Return the completions dated before the orientation; they stay odd when the task was reopened since."""
    completions = (fact for fact in said if fact.name is EventName.TaskCompleted)
    return anomalies(Oddity.LATE_ORIENTATION, (fact for fact in completions if fact.time < in_time(oriented_since)))


def _assigned(assignments: Sequence[Fact]) -> dict[str, str | None]:
    latest = assignments[-1].data if assignments else {}
    return {role: latest.get(role) for role in ("responsible_role", "performer_role")}
