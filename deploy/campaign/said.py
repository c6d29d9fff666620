"""Which of the campaign's events are said through klarmeld's own commands, by whom, and which reach it from outside."""

from typing import Any, NamedTuple

from contracts.access import UserRole
from contracts.codec import NewEvent
from contracts.events import AgreementSent, AgreementSigned, Method
from contracts.names import EventName
from deploy.campaign.teller import ROLLOUT, agreement_document

#: These klarmeld itself refuses, as it should, so they come from where nobody asked it: a task completed before
#: anybody was oriented, and an EAN that is another municipality's already.
FROM_ELSEWHERE = frozenset(
    {"0223-TaskCompleted-0305T1400", "0479-TaskCompleted-0401T0900", "0860-ForwardingConfigured-0624T0800"}
)


class Said(NamedTuple):
    """One command: to which service, by whom, and when it happened; its key makes it the same command in every run."""

    service: str
    method: str
    path: str
    body: dict[str, Any] | None
    role: UserRole
    municipality: str | None
    time: str
    key: str


class _Way(NamedTuple):
    """A command's route; `apart` are fields of the event that the path says, or that klarmeld finds by itself."""

    service: str
    path: str
    role: UserRole
    apart: frozenset[str] = frozenset()
    method: str = "POST"


def _way(service: str, path: str, *apart: str, role: UserRole = UserRole.ACT, method: str = "POST") -> _Way:
    return _Way(service, f"/v1{path}", role, frozenset(apart), method)


_HERE = "/rollouts/{rollout}/municipalities/{code}"
_WEBINAR = "/rollouts/{rollout}/webinars/{webinar_id}"
_WAYS = {
    EventName.TaskCardPublished: _way("tasks", "/rollouts/{rollout}/card", role=UserRole.COORDINATOR, method="PUT"),
    EventName.AgreementBatchDispatched: _way(
        "agreements", "/rollouts/{rollout}/agreement-batches", "roster", "roster_as_of", role=UserRole.EG
    ),
    EventName.GuidancePublished: _way("notifications", "/rollouts/{rollout}/guidance", role=UserRole.EG),
    EventName.WebinarScheduled: _way("notifications", "/rollouts/{rollout}/webinars", "sequence", role=UserRole.EG),
    EventName.WebinarRescheduled: _way(
        "notifications", f"{_WEBINAR}/reschedule", "webinar_id", "sequence", role=UserRole.EG
    ),
    EventName.WebinarRecordingPublished: _way("notifications", f"{_WEBINAR}/recording", "webinar_id", role=UserRole.EG),
    EventName.ForwardingConfigured: _way("agreements", f"{_HERE}/forwarding", "target", role=UserRole.EG),
    EventName.ForwardingDisabled: _way("agreements", f"{_HERE}/forwarding", role=UserRole.EG),
    EventName.AgreementSigned: _way("agreements", "/agreements/{agreement_id}/signature", "agreement_id"),
    EventName.AgreementDeclined: _way("agreements", "/agreements/{agreement_id}/decline", "agreement_id"),
    EventName.GuidanceAcknowledged: _way(
        "notifications", "/rollouts/{rollout}/guidance/{guidance_id}/acknowledgement", "guidance_id"
    ),
    EventName.WebinarResponded: _way("notifications", f"{_WEBINAR}/response", "webinar_id"),
    EventName.StakeholderOriented: _way("tasks", f"{_HERE}/orientations"),
    EventName.TaskAssigned: _way("tasks", f"{_HERE}/assignment", "task_id"),
    EventName.TaskCompleted: _way("tasks", f"{_HERE}/completion", "task_id"),
    EventName.TaskReopened: _way("tasks", f"{_HERE}/reopening", "task_id"),
    EventName.LocalItemAdded: _way("tasks", f"{_HERE}/local-items"),
    EventName.LocalItemClosed: _way("tasks", f"{_HERE}/local-items/{{item_id}}", "item_id", "text", method="DELETE"),
}


def said(event: NewEvent) -> Said | None:
    """Return the command that says what `event` says; None where the event itself reaches the log from outside."""
    way = _WAYS.get(EventName(type(event.data).__name__))
    if way is None or event.id in FROM_ELSEWHERE or _reaches_eg(event):
        return None
    fields = event.data.model_dump(mode="json", exclude_none=True)
    path = way.path.format(rollout=ROLLOUT, code=event.municipality, **fields)
    body = _besides(event) | {name: value for name, value in fields.items() if name not in way.apart}
    whose = event.municipality if way.role is UserRole.ACT else None
    return Said(way.service, way.method, path, body or None, way.role, whose, event.time, event.id)


def is_sent_with_all(event: NewEvent) -> bool:
    """Whether the command that sends to all at once tells this event too."""
    return isinstance(event.data, AgreementSent) and event.data.batch_id is not None


def _reaches_eg(event: NewEvent) -> bool:
    """Whether a signature was given on paper or in EG's own module, so that EG's systems tell of it."""
    return isinstance(event.data, AgreementSigned) and event.data.method is not Method.DIGITAL


def _besides(event: NewEvent) -> dict[str, Any]:
    """Return what a command says that its event does not."""
    match EventName(type(event.data).__name__):
        case EventName.AgreementBatchDispatched:
            return {"document": agreement_document(), "supplier": "EG", "extra_cost_dkk": 0}
        case EventName.ForwardingDisabled:
            return {"disable": True}
        case _:
            return {}
