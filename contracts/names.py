"""The names of all events of the catalogue; a `match` over them is closed with `assert_never`."""

from enum import StrEnum
from functools import lru_cache

PREFIX = "dk.klarmeld."


class EventName(StrEnum):
    """The name inside a CloudEvents type `dk.klarmeld.<Name>.v<N>`."""

    MunicipalityEnrolled = "MunicipalityEnrolled"
    MunicipalityWithdrawn = "MunicipalityWithdrawn"
    AgreementBatchDispatched = "AgreementBatchDispatched"
    AgreementSent = "AgreementSent"
    AgreementDelivered = "AgreementDelivered"
    AgreementViewed = "AgreementViewed"
    AgreementBounced = "AgreementBounced"
    AgreementSigned = "AgreementSigned"
    AgreementDeclined = "AgreementDeclined"
    AgreementVoided = "AgreementVoided"
    AgreementTerminated = "AgreementTerminated"
    AgreementExpired = "AgreementExpired"
    ForwardingConfigured = "ForwardingConfigured"
    ForwardingDisabled = "ForwardingDisabled"
    ForwardingVerified = "ForwardingVerified"
    ForwardingFailed = "ForwardingFailed"
    GuidancePublished = "GuidancePublished"
    GuidanceAcknowledged = "GuidanceAcknowledged"
    WebinarScheduled = "WebinarScheduled"
    WebinarRescheduled = "WebinarRescheduled"
    WebinarCancelled = "WebinarCancelled"
    WebinarInvited = "WebinarInvited"
    WebinarResponded = "WebinarResponded"
    WebinarAttended = "WebinarAttended"
    WebinarRecordingPublished = "WebinarRecordingPublished"
    NotificationSent = "NotificationSent"
    NotificationFailed = "NotificationFailed"
    NotificationSuppressed = "NotificationSuppressed"
    TaskCardPublished = "TaskCardPublished"
    StakeholderOriented = "StakeholderOriented"
    TaskAssigned = "TaskAssigned"
    TaskCompleted = "TaskCompleted"
    TaskReopened = "TaskReopened"
    LocalItemAdded = "LocalItemAdded"
    LocalItemClosed = "LocalItemClosed"
    FactRetracted = "FactRetracted"


@lru_cache(maxsize=256)
def name_of(event_type: str) -> EventName:
    """Return the name in a known CloudEvents type; ValueError for one that the catalogue does not hold."""
    return EventName(event_type.removeprefix(PREFIX).rpartition(".v")[0])


def event_type(name: EventName, version: int = 1) -> str:
    """Return the CloudEvents type of `name`, e.g. `dk.klarmeld.AgreementSent.v1`."""
    return f"{PREFIX}{name}.v{version}"
