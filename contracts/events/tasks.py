"""Events of the topic klarmeld.tasks, a municipality's own word, and the retraction that any topic may hold."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from contracts.events.fields import AtLeastOne, Event, EventId, OpaqueId, Source, Text
from contracts.roles import Role


class Priority(StrEnum):
    """How binding a card is (card: Prioritet)."""

    CRITICAL = "Obligatorisk på kritisk vej"
    MANDATORY = "Obligatorisk"
    OPTIONAL = "Valgfri"


class OrientationTopic(StrEnum):
    """What somebody was oriented about (card: Metode)."""

    PLAN = "plan"
    AGREEMENT_COMING = "agreement_coming"
    AWAIT_EG = "await_eg"


class TaskCardPublished(Event):
    """The KLIK card, field by field; goal and result are two things."""

    task_id: OpaqueId
    title: Text
    project: Text
    priority: Priority
    goal: Text
    description: Text
    method: Annotated[AtLeastOne[Text], Field(description="The steps in their order.")]
    result: Text
    related_task: Annotated[Text, Field(description="A link, not a dependency.")]
    recommended_performer: Text
    performer_comment: Text
    recommended_responsible: Text


class StakeholderOriented(Event):
    """Whoever holds this role in the municipality has been oriented."""

    role: Role
    topics: tuple[OrientationTopic, ...]
    note: Text | None = None


class TaskAssigned(Event):
    """The municipality chose who is responsible and who performs."""

    task_id: OpaqueId
    responsible_role: Role
    performer_role: Role


class TaskCompleted(Event):
    """The municipality marked its task as fuldført (card: Metode 3)."""

    task_id: OpaqueId
    by_role: Role
    comment: Text | None = None


class TaskReopened(Event):
    """The municipality took its completion back."""

    task_id: OpaqueId
    by_role: Role
    reason: Text


class LocalItemAdded(Event):
    """The municipality has something of its own to do (card: "Der kan også være andet")."""

    item_id: OpaqueId
    text: Text


class LocalItemClosed(Event):
    """One of the municipality's own items is done."""

    item_id: OpaqueId
    text: Text


class FactRetracted(Event):
    """The fact with this source and id, on this topic, was told in error and does not count."""

    source: Source
    id: EventId
    reason: Text
