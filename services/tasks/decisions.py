"""What becomes of each command on the KLIK task: the event that it makes, or why it makes none."""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from contracts.events import (
    LocalItemAdded,
    LocalItemClosed,
    StakeholderOriented,
    TaskAssigned,
    TaskCardPublished,
    TaskCompleted,
    TaskReopened,
)
from contracts.names import EventName
from contracts.settle import Settled
from services.chassis.doors.decision import Decision, Refused, Situation, conflict, unknown, unless_said
from services.tasks.commands import AddItem, Assign, Complete, Orient, PublishCard, Reopen
from services.tasks.progress import newest_card

#: Card, Beskrivelse.
ONLY_FOR_USERS = (
    "The card says: »Denne opgave er særlig for jer, som har Ejerkredsen og EG som ERP-leverandør og altså benytter "
    "ØS Indsigt.«"
)
#: Card, Metode 1 and 2, and Anbefalet udfører: who must know of the plan before the task can be completed.
IN_WORDS = {
    "aftaleadministrator": "the aftaleadministrator",
    "systemansvarlig_bogfoering": (
        "the systemansvarlig for bogføringssystemet (systemansvarlig_bogfoering) or whoever else holds the dialogue "
        "with the ERP supplier (erp_dialog)"
    ),
}


def publish_card(situation: Situation, command: PublishCard, *, rollout: str) -> Decision:
    """Publish the card as it now reads; the same card again says nothing new."""
    said = command.model_dump(exclude={"task_id", "method"})
    task_id = command.task_id or _task_id(situation.whole, rollout)
    card = TaskCardPublished(task_id=task_id, method=tuple(command.method), **said)
    return unless_said(card, situation.whole.of(EventName.TaskCardPublished))


def orient(situation: Situation, command: Orient) -> Decision:
    """Card, Metode 1 and 2: somebody relevant knows of the plan."""
    return _not_theirs(situation) or StakeholderOriented(
        role=command.role, topics=tuple(command.topics), note=command.note
    )


def complete(situation: Situation, command: Complete, *, rollout: str) -> Decision:
    """Card, Metode 3: the task may be marked as fuldført when the relevant people know that they are to await EG."""
    tracks = situation.progress["tracks"]
    return (
        _completed_already(tracks["task"])
        or _not_theirs(situation)
        or _not_oriented(tracks["orientation"])
        or TaskCompleted(task_id=_task_id(situation.whole, rollout), by_role=command.by_role, comment=command.comment)
    )


def reopen(situation: Situation, command: Reopen, *, rollout: str) -> Decision:
    """Take a completion back; also one of a municipality that left the roll-out, whose word it was."""
    task = situation.progress["tracks"]["task"]
    if task["state"] == "open":
        since = f"was reopened at {task['since']}" if task["since"] else "has not been completed"
        return conflict(f"The task {since}, so there is nothing to reopen.")
    return TaskReopened(task_id=_task_id(situation.whole, rollout), by_role=command.by_role, reason=command.reason)


def assign(situation: Situation, command: Assign, *, rollout: str) -> Decision:
    """Tell the municipality's own choice: the card recommends roles, and demands none."""
    assigned = TaskAssigned(
        task_id=_task_id(situation.whole, rollout),
        responsible_role=command.responsible_role,
        performer_role=command.performer_role,
    )
    return _not_theirs(situation) or unless_said(assigned, situation.own.of(EventName.TaskAssigned))


def add_item(situation: Situation, command: AddItem) -> Decision:
    """Card: "Der kan også være andet". Adding a closed item opens it again."""
    item_id = command.item_id or _id_of(command.text)
    item = _item(situation, item_id)
    if item and item["state"] == "open" and item["text"] != command.text:
        return conflict(
            f"The item {item_id} has said »{item['text']}« since {item['since']}; close it first, or give another id."
        )
    about = [fact for fact in situation.own.of(*_ABOUT_ITEMS) if fact.subject == item_id]
    said = about if item and item["state"] == "open" else ()
    return _not_theirs(situation) or unless_said(LocalItemAdded(item_id=item_id, text=command.text), said)


def close_item(situation: Situation, item_id: str) -> Decision:
    """One of the municipality's own items is done; also one of a municipality that left the roll-out."""
    item = _item(situation, item_id)
    if item is None:
        return unknown("There is no such item here.")
    if item["state"] == "closed":
        return conflict(f"The item {item_id} has been closed since {item['since']}.")
    return LocalItemClosed(item_id=item_id, text=item["text"])


_ABOUT_ITEMS = (EventName.LocalItemAdded, EventName.LocalItemClosed)


def _not_theirs(situation: Situation) -> Refused | None:
    enrolment = situation.progress["enrolment"]
    if enrolment["state"] == "enrolled":
        return None
    if enrolment["state"] == "withdrawn":
        return conflict(f"The municipality left the roll-out at {enrolment['since']}. {ONLY_FOR_USERS}")
    return conflict(
        f"The municipality is not on the roll-out's roster. {ONLY_FOR_USERS} "
        "If you use ØS Indsigt, ask the roll-out's coordinator to have the roster mended."
    )


def _completed_already(task: Mapping[str, Any]) -> Refused | None:
    if task["state"] == "open":
        return None
    return conflict(f"The task has been completed since {task['since']}.")


def _not_oriented(orientation: Mapping[str, Any]) -> Refused | None:
    missing = [IN_WORDS[role] for role in orientation["missing"]]
    if not missing:
        return None
    return conflict(
        f"The task can be completed once everybody relevant is oriented; still missing: {', and '.join(missing)}. "
        "Tell under orientations that they are."
    )


def _task_id(whole: Settled, rollout: str) -> str:
    card = newest_card(whole)
    return str(card.data["task_id"]) if card else rollout


def _item(situation: Situation, item_id: str) -> Mapping[str, Any] | None:
    items: list[Mapping[str, Any]] = situation.progress["tracks"]["task"]["local_items"]
    return next((each for each in items if each["item_id"] == item_id), None)


def _id_of(text: str) -> str:
    """Return an id that the same text has again, so that one item told twice is one."""
    return f"L-{blake2b(text.encode(), digest_size=6).hexdigest()}"
