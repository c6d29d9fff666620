"""What the notifications service can be told: the body of each command."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.events import Partstat
from contracts.events.fields import Count, Moment, OpaqueId, Sha256, Url
from services.chassis.doors.command_fields import AnyRole, Command, Said, Spelled, example


class PublishGuidance(Command):
    """A version of EG's guidance on the set-up."""

    model_config = example(
        guidance_id="vejledning-8b",
        title="Vejledning: etablering og opsætning",
        url="https://eg.example/vejledning-8b.pdf",
        sha256="60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
    )

    guidance_id: OpaqueId
    version: Count | None = Field(None, description="Rises by itself when absent.")
    title: Said
    url: Url
    sha256: Sha256


class ScheduleWebinar(Command):
    """The one webinar where all are informed together."""

    model_config = example(
        title="eFaktura 8b: fælles webinar",
        starts_at="2026-03-10T10:00:00+01:00",
        ends_at="2026-03-10T11:00:00+01:00",
        join_url="https://eg.example/webinar-8b",
        organizer="efaktura@eg.example",
    )

    webinar_id: OpaqueId | None = Field(None, description="`webinar-1`, the next free one, when absent.")
    title: Said
    starts_at: Moment
    ends_at: Moment
    timezone: Literal["Europe/Copenhagen"] = "Europe/Copenhagen"
    join_url: Url
    organizer: Said = Field(description="A function mailbox, never a person's.")
    additional: bool = Field(default=False, description="Say true where another webinar is planned, and is to stay.")


class RescheduleWebinar(Command):
    """Another time for the same webinar."""

    model_config = example(starts_at="2026-03-12T10:00:00+01:00", ends_at="2026-03-12T11:00:00+01:00")

    starts_at: Moment
    ends_at: Moment


class CancelWebinar(Command):
    """The webinar is not held."""

    model_config = example(reason="Oplægsholderen er syg")

    reason: Said


class PublishRecording(Command):
    """Where the webinar can be seen afterwards."""

    model_config = example(url="https://eg.example/webinar-8b/optagelse")

    url: Url


class Respond(Command):
    """A municipality's answer to the invitation."""

    model_config = example(partstat="accepted", by_role="systemansvarlig_bogfoering")

    partstat: Annotated[Partstat, Spelled]
    by_role: AnyRole


class Acknowledge(Command):
    """A municipality has read the newest version of the guidance."""

    model_config = example(version=1, by_role="systemansvarlig_bogfoering")

    version: Count
    by_role: AnyRole
