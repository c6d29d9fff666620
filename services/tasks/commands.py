"""What the tasks service can be told: the body of each command."""

from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.events import OrientationTopic, Priority
from contracts.events.fields import LONGEST_TEXT, OpaqueId, Text
from contracts.examples.tasks import CARD
from services.chassis.doors.command_fields import AnyRole, Command, Remark, Said, Several, Spelled, example

#: A text of the card, kept word for word.
Worded = Annotated[str, StringConstraints(pattern=r"\S", max_length=LONGEST_TEXT)]


class PublishCard(Command):
    """The KLIK card, whole; the newest counts."""

    model_config = example(**CARD.model_dump(mode="json", exclude={"task_id"}))

    task_id: OpaqueId | None = Field(None, description="The rollout's id unless said otherwise.")
    title: Worded
    project: Worded
    priority: Annotated[Priority, Spelled]
    goal: Worded
    description: Worded
    method: list[Worded] = Field(min_length=1, description="The steps in their order.")
    result: Worded
    related_task: Text = Field(description="A link, not a dependency.")
    recommended_performer: Worded
    performer_comment: Text
    recommended_responsible: Worded


class Orient(Command):
    """Whoever holds this role has been oriented."""

    model_config = example(
        role="aftaleadministrator",
        topics=["agreement_coming", "await_eg"],
        note="Orienteret på kontormøde",
    )

    role: AnyRole
    topics: Several[Annotated[OrientationTopic, Spelled]]
    note: Remark = Field(None, description="No personal data: roles, never names.")


class Complete(Command):
    """The task is fuldført."""

    model_config = example(by_role="kp_systemansvarlig", comment="Alle relevante er orienteret")

    by_role: AnyRole
    comment: Remark = Field(None, description="No personal data: roles, never names.")


class Reopen(Command):
    """The task is not fuldført after all."""

    model_config = example(by_role="kp_systemansvarlig", reason="Ny aftaleadministrator")

    by_role: AnyRole
    reason: Said


class Assign(Command):
    """Who is responsible and who performs."""

    model_config = example(responsible_role="kp_systemansvarlig", performer_role="systemansvarlig_bogfoering")

    responsible_role: AnyRole
    performer_role: AnyRole


class AddItem(Command):
    """Something of the municipality's own."""

    model_config = example(text="Kontoplanen skal tilpasses")

    item_id: OpaqueId | None = Field(None, description="Made from the text unless given.")
    text: Said
