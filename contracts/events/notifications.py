"""Events of the topic klarmeld.notifications: guidance, the webinar, and what was sent to whom."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from contracts.events.fields import Count, Event, Moment, OpaqueId, Sha256, Text, Url
from contracts.roles import Role


class Partstat(StrEnum):
    """Answers to an invitation, in iCalendar's words."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"


class GuidancePublished(Event):
    """EG published a version of its guidance on the set-up."""

    guidance_id: OpaqueId
    version: Count
    title: Text
    url: Url
    sha256: Sha256


class GuidanceAcknowledged(Event):
    """The municipality has read this version of the guidance."""

    guidance_id: OpaqueId
    version: Count
    by_role: Role


class WebinarScheduled(Event):
    """The one webinar where all are informed together has a time and a place."""

    webinar_id: OpaqueId
    sequence: Annotated[int, Field(ge=0, le=0, json_schema_extra={"const": 0})]
    title: Text
    starts_at: Moment
    ends_at: Moment
    timezone: Literal["Europe/Copenhagen"]
    join_url: Url
    organizer: Annotated[Text, Field(description="A function mailbox, never a person's.")]


class WebinarRescheduled(Event):
    """The webinar has another time; `sequence` rises with each change."""

    webinar_id: OpaqueId
    sequence: Count
    starts_at: Moment
    ends_at: Moment


class WebinarCancelled(Event):
    """The webinar is not held."""

    webinar_id: OpaqueId
    sequence: Count
    reason: Text


class WebinarInvited(Event):
    """A role in the municipality was invited to the webinar."""

    webinar_id: OpaqueId
    sequence: Count
    role: Role


class WebinarResponded(Event):
    """The municipality answered the invitation."""

    webinar_id: OpaqueId
    partstat: Partstat
    by_role: Role


class WebinarAttended(Event):
    """The municipality took part in the webinar that `subject` names."""

    webinar_id: OpaqueId | None = None
    attendees: Annotated[Count, Field(description="How many took part; a number, never names.")]


class WebinarRecordingPublished(Event):
    """The recording of the webinar that `subject` names can be seen."""

    webinar_id: OpaqueId | None = None
    url: Url


class NotificationSent(Event):
    """A notification left for a role in the municipality."""

    notification_key: OpaqueId
    template: Text
    role: Role
    channel: Text


class NotificationFailed(Event):
    """A notification could not be delivered."""

    notification_key: OpaqueId
    template: Text
    role: Role
    channel: Text
    reason: Text


class NotificationSuppressed(Event):
    """A notification that was owed is deliberately not sent."""

    notification_key: OpaqueId
    template: Text
    role: Role
    channel: Text
    reason: Text
