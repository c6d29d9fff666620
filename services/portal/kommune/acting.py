"""What a municipality can do from its page: for each action what it rests on, and the command that it gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.roles import Role
from services.portal.backend import ServiceName, in_path
from services.portal.forms import Form
from services.portal.heard import Json
from services.portal.kommune import states

Progress = Mapping[str, Any]


@dataclass(frozen=True)
class Command:
    """One command to one service."""

    service: ServiceName
    method: str
    path: str
    body: Json | None = None


#: Makes the command of a form; KeyError where the form lacks a field that it must have.
Make = Callable[[str, str, Form], Command]


@dataclass(frozen=True)
class Action:
    """An action of Kommunens side; `part` is what it rests on, `anchor` where its result shows."""

    part: str
    anchor: str
    make: Make
    needed: tuple[str, ...] = ()


def sign(_rollout: str, _code: str, form: Form) -> Command:
    """Sign the document that was shown, named by its digest: another one is refused."""
    body = {
        "signed_by_role": Role.AFTALEADMINISTRATOR.value,
        "method": "digital",
        "document_sha256": form.get("document"),
    }
    return Command(ServiceName.AGREEMENTS, "POST", f"/agreements/{in_path(form.get('agreement_id'))}/signature", body)


def decline(_rollout: str, _code: str, form: Form) -> Command:
    """Decline what was sent, with the reason."""
    body = {"reason": form.get("reason"), "by_role": Role.AFTALEADMINISTRATOR.value}
    return Command(ServiceName.AGREEMENTS, "POST", f"/agreements/{in_path(form.get('agreement_id'))}/decline", body)


def orient(rollout: str, code: str, form: Form) -> Command:
    """Say that a role knows the plan; aftaleadministrator also that an agreement will come (card, Metode 2)."""
    role = form.get("role")
    coming = ["agreement_coming"] if role == Role.AFTALEADMINISTRATOR else []
    body = {"role": role, "topics": ["plan", *coming, "await_eg"]}
    return Command(ServiceName.TASKS, "POST", f"{_own(rollout, code)}/orientations", body)


def complete(rollout: str, code: str, form: Form) -> Command:
    """Say that the task is fuldført."""
    body = {"by_role": form.get("by_role"), "comment": form.get("comment") or None}
    return Command(ServiceName.TASKS, "POST", f"{_own(rollout, code)}/completion", body)


def reopen(rollout: str, code: str, form: Form) -> Command:
    """Take that back, with the reason."""
    body = {"by_role": form.get("by_role"), "reason": form.get("reason")}
    return Command(ServiceName.TASKS, "POST", f"{_own(rollout, code)}/reopening", body)


def add_item(rollout: str, code: str, form: Form) -> Command:
    """Add an item of the municipality's own."""
    return Command(ServiceName.TASKS, "POST", f"{_own(rollout, code)}/local-items", {"text": form.get("text")})


def close_item(rollout: str, code: str, form: Form) -> Command:
    """Say that it is done."""
    return Command(ServiceName.TASKS, "DELETE", f"{_own(rollout, code)}/local-items/{in_path(form.get('item_id'))}")


def acknowledge(rollout: str, _code: str, form: Form) -> Command:
    """Say that the version that was shown has been read."""
    version = int(form.get("guidance_version"))
    path = f"/rollouts/{rollout}/guidance/{in_path(form.get('guidance_id'))}/acknowledgement"
    return Command(ServiceName.NOTIFICATIONS, "POST", path, {"version": version, "by_role": states.OWNER})


def respond(rollout: str, _code: str, form: Form) -> Command:
    """Answer the invitation to the webinar."""
    path = f"/rollouts/{rollout}/webinars/{in_path(form.get('webinar_id'))}/response"
    return Command(ServiceName.NOTIFICATIONS, "POST", path, {"partstat": form.get("partstat"), "by_role": states.OWNER})


#: By the last part of the address of the form.
ACTIONS: Mapping[str, Action] = {
    "underskriv": Action("agreement", "spor-agreement", sign, ("agreement_id", "document")),
    "afvis": Action("agreement", "spor-agreement", decline, ("agreement_id", "reason")),
    "orienter": Action("orientation", "orientering", orient, ("role",)),
    "fuldfoer": Action("task", "fuldfoer", complete, ("by_role",)),
    "genaabn": Action("task", "spor-task", reopen, ("by_role", "reason")),
    "lokale-punkter": Action("local_items", "lokale-punkter", add_item, ("text",)),
    "lokale-punkter/luk": Action("local_items", "lokale-punkter", close_item, ("item_id",)),
    "vejledning": Action("guidance", "spor-information", acknowledge, ("guidance_id", "guidance_version")),
    "webinar": Action("webinar", "webinar", respond, ("webinar_id", "partstat")),
}


def _own(rollout: str, code: str) -> str:
    return f"/rollouts/{rollout}/municipalities/{code}"
