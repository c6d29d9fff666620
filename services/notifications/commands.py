"""What the notifications service can be told: the body of each command."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.events import Partstat
from contracts.events.fields import Count, Moment, OpaqueId, Sha256, Url
from services.chassis.command_fields import AnyRole, Command, Said, Spelled


class PublishGuidance(Command):
    """A version of EG's guidance on the set-up."""

    guidance_id: OpaqueId
    version: Count | None = Field(None, description="Rises by itself when absent.")
    title: Said
    url: Url
    sha256: Sha256


class ScheduleWebinar(Command):
    """The one webinar where all are informed together."""

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

    starts_at: Moment
    ends_at: Moment


class CancelWebinar(Command):
    """The webinar is not held."""

    reason: Said


class PublishRecording(Command):
    """Where the webinar can be seen afterwards."""

    url: Url


class Respond(Command):
    """A municipality's answer to the invitation."""

    partstat: Annotated[Partstat, Spelled]
    by_role: AnyRole


class Acknowledge(Command):
    """A municipality has read the newest version of the guidance."""

    version: Count
    by_role: AnyRole
