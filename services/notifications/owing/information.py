"""What is told of EG's plan, of the guidance and of the webinar where all are informed together."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import blake2b
from typing import Any

from contracts.instants import read_instant
from contracts.roles import Role
from services.notifications.notice import Notice, Template
from services.notifications.owing.case import Case
from services.notifications.plans import Plan


def plan_announced(case: Case) -> Iterator[Notice]:
    """Tell the plan to those who are to be oriented about it and are not yet (card, Metode 1 and 2)."""
    orientation = case.tracks["orientation"]
    if orientation["state"] != "oriented":
        hearing = [role for role in case.informed_together if role not in orientation["roles"]]
        yield from case.notices(Template.PLAN_ANNOUNCED, hearing, case.outline.rollout, 1)


def guidance_published(case: Case) -> Iterator[Notice]:
    """Tell of the newest version of each guidance that nobody in the municipality has acknowledged."""
    for each in case.tracks["information"]["guidances"]:
        if each["acknowledged"] is None:
            details = {name: each[name] for name in ("guidance_id", "title", "url", "version", "published")}
            hearing = case.informed_together
            yield from case.notices(
                Template.GUIDANCE_PUBLISHED, hearing, each["guidance_id"], each["version"], **details
            )


def webinar_invited(case: Case) -> Iterator[Notice]:
    """Invite each role that nobody has invited, as long as the webinar is to come."""
    for plan in _to_come(case, cancelled=False):
        hearing = [role for role in case.informed_together if role not in _invited(case, plan)]
        yield from case.notices(Template.WEBINAR_INVITED, hearing, plan.webinar_id, plan.sequence, **_details(plan))


def webinar_changed(case: Case) -> Iterator[Notice]:
    """Tell each role whose invitation says something older."""
    for plan in _to_come(case, cancelled=False):
        hearing = [role for role, sequence in _invited(case, plan).items() if sequence < plan.sequence]
        yield from case.notices(Template.WEBINAR_CHANGED, hearing, plan.webinar_id, plan.sequence, **_details(plan))


def webinar_cancelled(case: Case) -> Iterator[Notice]:
    """Tell everybody who was invited that a webinar to come is not held."""
    for plan in _to_come(case, cancelled=True):
        hearing = list(_invited(case, plan))
        yield from case.notices(Template.WEBINAR_CANCELLED, hearing, plan.webinar_id, plan.sequence, **_details(plan))


def webinar_recording(case: Case) -> Iterator[Notice]:
    """Tell where the webinar can be seen; another address is told anew."""
    for each in case.tracks["information"]["webinars"]:
        if each["recording"]:
            details = {"webinar_id": each["webinar_id"], "title": each["title"], "url": each["recording"]}
            hearing = [*case.informed_together, *map(Role, each["invited"])]
            revision = blake2b(each["recording"].encode(), digest_size=8).hexdigest()
            yield from case.notices(Template.WEBINAR_RECORDING, hearing, each["webinar_id"], revision, **details)


def _to_come(case: Case, *, cancelled: bool) -> list[Plan]:
    now = case.hour.now
    plans = (plan for plan in case.outline.plans if plan.cancelled is cancelled)
    return [plan for plan in plans if datetime.fromisoformat(read_instant(plan.ends_at)) > now]


def _invited(case: Case, plan: Plan) -> dict[Role, int]:
    invitations = sorted(case.outline.invitations.items())
    return {Role(role): sequence for (webinar_id, role), sequence in invitations if webinar_id == plan.webinar_id}


def _details(plan: Plan) -> dict[str, Any]:
    """Return all that a calendar needs; whether it is cancelled the template says."""
    return {name: value for name, value in plan._asdict().items() if name not in {"rollout", "cancelled"}}
