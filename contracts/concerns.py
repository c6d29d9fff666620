"""Which part of a view each event speaks of: the contents page of the rules."""

from enum import StrEnum, auto
from functools import lru_cache
from typing import assert_never

from contracts.names import EventName, name_of


class Concern(StrEnum):
    """A part of a municipality's view, or of its rollout, that facts speak of."""

    ENROLMENT = auto()
    BATCH = auto()
    AGREEMENT = auto()
    FORWARDING = auto()
    GUIDANCE = auto()
    WEBINAR = auto()
    ORIENTATION = auto()
    TASK = auto()
    ASSIGNMENT = auto()
    LOCAL_ITEMS = auto()
    CARD = auto()
    NOTIFICATIONS = auto()
    RETRACTIONS = auto()


@lru_cache(maxsize=256)
def concern_of(event_type: str) -> Concern:
    """Return what a known CloudEvents type is about; ValueError for one that the catalogue does not hold."""
    return _concern(name_of(event_type))


def _concern(name: EventName) -> Concern:  # noqa: C901, PLR0911, PLR0912  one line for each event is the point
    match name:
        case EventName.MunicipalityEnrolled | EventName.MunicipalityWithdrawn:
            return Concern.ENROLMENT
        case EventName.AgreementBatchDispatched:
            return Concern.BATCH
        case EventName.AgreementSent | EventName.AgreementDelivered | EventName.AgreementViewed:
            return Concern.AGREEMENT
        case EventName.AgreementBounced | EventName.AgreementSigned | EventName.AgreementDeclined:
            return Concern.AGREEMENT
        case EventName.AgreementVoided | EventName.AgreementTerminated | EventName.AgreementExpired:
            return Concern.AGREEMENT
        case EventName.ForwardingConfigured | EventName.ForwardingDisabled:
            return Concern.FORWARDING
        case EventName.ForwardingVerified | EventName.ForwardingFailed:
            return Concern.FORWARDING
        case EventName.GuidancePublished | EventName.GuidanceAcknowledged:
            return Concern.GUIDANCE
        case EventName.WebinarScheduled | EventName.WebinarRescheduled | EventName.WebinarCancelled:
            return Concern.WEBINAR
        case EventName.WebinarInvited | EventName.WebinarResponded | EventName.WebinarAttended:
            return Concern.WEBINAR
        case EventName.WebinarRecordingPublished:
            return Concern.WEBINAR
        case EventName.NotificationSent | EventName.NotificationFailed | EventName.NotificationSuppressed:
            return Concern.NOTIFICATIONS
        case EventName.TaskCardPublished:
            return Concern.CARD
        case EventName.StakeholderOriented:
            return Concern.ORIENTATION
        case EventName.TaskCompleted | EventName.TaskReopened:
            return Concern.TASK
        case EventName.TaskAssigned:
            return Concern.ASSIGNMENT
        case EventName.LocalItemAdded | EventName.LocalItemClosed:
            return Concern.LOCAL_ITEMS
        case EventName.FactRetracted:
            return Concern.RETRACTIONS
        case _ as unreachable:
            assert_never(unreachable)
