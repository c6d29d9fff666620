"""What each event of the catalogue is: its model, where it may stand, whose fact it is, its subject and its version."""

from enum import Enum
from typing import NamedTuple

from contracts import events as e
from contracts.events import Event
from contracts.names import EventName, event_type
from contracts.topics import Topic


class Scope(Enum):
    """Whose fact an event is; a retraction is of whatever it retracts."""

    MUNICIPALITY = "municipality"
    ROLLOUT = "rollout"
    EITHER = "either"


class EventSpec(NamedTuple):
    """`subject_field` is the field of the data that the subject repeats; None: the subject is the municipality."""

    name: EventName
    model: type[Event]
    topics: tuple[Topic, ...]
    scope: Scope
    subject_field: str | None
    version: int = 1

    @property
    def type(self) -> str:
        return event_type(self.name, self.version)

    @property
    def dataschema(self) -> str:
        return f"{self.name}.v{self.version}.json"


_AGREEMENTS, _NOTIFICATIONS, _TASKS = ((topic,) for topic in Topic)
_OWN, _WHOLE = Scope.MUNICIPALITY, Scope.ROLLOUT

_CATALOGUE: list[tuple[type[Event], tuple[Topic, ...], Scope, str | None]] = [
    (e.MunicipalityEnrolled, _AGREEMENTS, _OWN, None),
    (e.MunicipalityWithdrawn, _AGREEMENTS, _OWN, None),
    (e.AgreementBatchDispatched, _AGREEMENTS, _WHOLE, "batch_id"),
    (e.AgreementSent, _AGREEMENTS, _OWN, "agreement_id"),
    (e.AgreementDelivered, _AGREEMENTS, _OWN, "agreement_id"),
    (e.AgreementViewed, _AGREEMENTS, _OWN, "agreement_id"),
    (e.AgreementBounced, _AGREEMENTS, _OWN, "agreement_id"),
    (e.AgreementSigned, _AGREEMENTS, _OWN, "agreement_id"),
    (e.AgreementDeclined, _AGREEMENTS, _OWN, "agreement_id"),
    (e.AgreementVoided, _AGREEMENTS, _OWN, "agreement_id"),
    (e.AgreementTerminated, _AGREEMENTS, _OWN, "agreement_id"),
    (e.AgreementExpired, _AGREEMENTS, _OWN, "agreement_id"),
    (e.ForwardingConfigured, _AGREEMENTS, _OWN, "config_id"),
    (e.ForwardingDisabled, _AGREEMENTS, _OWN, "config_id"),
    (e.ForwardingVerified, _AGREEMENTS, _OWN, "config_id"),
    (e.ForwardingFailed, _AGREEMENTS, _OWN, "config_id"),
    (e.GuidancePublished, _NOTIFICATIONS, _WHOLE, "guidance_id"),
    (e.GuidanceAcknowledged, _NOTIFICATIONS, _OWN, "guidance_id"),
    (e.WebinarScheduled, _NOTIFICATIONS, _WHOLE, "webinar_id"),
    (e.WebinarRescheduled, _NOTIFICATIONS, _WHOLE, "webinar_id"),
    (e.WebinarCancelled, _NOTIFICATIONS, _WHOLE, "webinar_id"),
    (e.WebinarInvited, _NOTIFICATIONS, _OWN, "webinar_id"),
    (e.WebinarResponded, _NOTIFICATIONS, _OWN, "webinar_id"),
    (e.WebinarAttended, _NOTIFICATIONS, _OWN, "webinar_id"),
    (e.WebinarRecordingPublished, _NOTIFICATIONS, _WHOLE, "webinar_id"),
    (e.NotificationSent, _NOTIFICATIONS, _OWN, "notification_key"),
    (e.NotificationFailed, _NOTIFICATIONS, _OWN, "notification_key"),
    (e.NotificationSuppressed, _NOTIFICATIONS, _OWN, "notification_key"),
    (e.TaskCardPublished, _TASKS, _WHOLE, "task_id"),
    (e.StakeholderOriented, _TASKS, _OWN, "role"),
    (e.TaskAssigned, _TASKS, _OWN, "task_id"),
    (e.TaskCompleted, _TASKS, _OWN, "task_id"),
    (e.TaskReopened, _TASKS, _OWN, "task_id"),
    (e.LocalItemAdded, _TASKS, _OWN, "item_id"),
    (e.LocalItemClosed, _TASKS, _OWN, "item_id"),
    (e.FactRetracted, tuple(Topic), Scope.EITHER, "id"),
]

REGISTRY = {
    (name := EventName(model.__name__)): EventSpec(name, model, topics, scope, subject_field)
    for model, topics, scope, subject_field in _CATALOGUE
}
SPEC_OF_TYPE = {spec.type: spec for spec in REGISTRY.values()}
SPEC_OF_MODEL = {spec.model: spec for spec in REGISTRY.values()}
