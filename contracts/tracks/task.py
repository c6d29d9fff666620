"""The KLIK task: open or completed, by a municipality's own word and nothing else (card, Metode 3)."""

from typing import Any

from contracts.instants import read_instant, shown
from contracts.names import EventName
from contracts.settle import Anomaly, Settled


def derive(own: Settled, orientation: dict[str, Any]) -> tuple[dict[str, Any], list[Anomaly]]:
    """Return the track and its anomalies; `orientation` is that track."""
    said = own.of(EventName.TaskCompleted, EventName.TaskReopened)
    last = said[-1] if said else None
    completed = last is not None and last.name is EventName.TaskCompleted
    assigned = own.of(EventName.TaskAssigned)
    oriented = orientation["state"] == "oriented"
    track = {
        "state": "completed" if completed else "open",
        "since": shown(last.time) if last else None,
        "premature": completed and not oriented,
        "facts": [last.id] if last else [],
        "reopened": last.data["reason"] if last is not None and not completed else None,
        "responsible_role": assigned[-1].data["responsible_role"] if assigned else None,
        "performer_role": assigned[-1].data["performer_role"] if assigned else None,
        "local_items": _local_items(own),
    }
    return track, _late(own, orientation) if oriented else []


def _late(own: Settled, orientation: dict[str, Any]) -> list[Anomaly]:
    """Return the completions dated before the orientation; they stay odd when the task was reopened since."""
    oriented_at = read_instant(orientation["since"])
    early = [fact.id for fact in own.of(EventName.TaskCompleted) if fact.time < oriented_at]
    return [{"code": "late_orientation", "facts": early}] if early else []


def _local_items(own: Settled) -> list[dict[str, Any]]:
    """Return the municipality's own items ("Der kan også være andet"); the later of added and closed counts."""
    texts: dict[str, dict[str, Any]] = {}
    for fact in own.of(EventName.LocalItemAdded, EventName.LocalItemClosed):
        opened = fact.name is EventName.LocalItemAdded
        known = texts.get(fact.data["item_id"], {})
        text = fact.data["text"] if opened else known.get("text", fact.data.get("text"))
        texts[fact.data["item_id"]] = {
            "item_id": fact.data["item_id"],
            "text": text,
            "state": "open" if opened else "closed",
            "since": shown(fact.time),
        }
    return [texts[item] for item in sorted(texts)]
