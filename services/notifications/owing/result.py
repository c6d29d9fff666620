"""What is told of forwarding, of the task that may be completed, and once a week of what is outstanding."""

from collections.abc import Iterator
from hashlib import blake2b

from contracts.roles import Role
from services.notifications.notice import Notice, Template
from services.notifications.owing.case import Case
from services.notifications.working_days import has_come, monday_of


def forwarding_verified(case: Case) -> Iterator[Notice]:
    """Tell that eFaktura arrives on each active EAN; another set of EANs is told anew."""
    forwarding = case.tracks["forwarding"]
    if forwarding["state"] == "verified":
        eans = ", ".join(sorted(forwarding["eans"]))
        revision = blake2b(eans.encode(), digest_size=8).hexdigest()
        details = {"eans": eans, "since": forwarding["since"]}
        hearing = (case.owner, case.responsible)
        yield from case.notices(Template.FORWARDING_VERIFIED, hearing, case.outline.rollout, revision, **details)


def forwarding_failed(case: Case) -> Iterator[Notice]:
    """Tell of each EAN that fails, once for each revision of what is set up for it."""
    forwarding = case.tracks["forwarding"]
    failure = forwarding["failure"] or {}
    for ean, state in forwarding["eans"].items():
        if state == "failed":
            said = failure if failure.get("ean") == ean else {}
            details = {"ean": ean, "code": said.get("code"), "detail": said.get("detail")}
            hearing = (case.owner, case.responsible)
            yield from case.notices(Template.FORWARDING_FAILED, hearing, ean, _set_up(case, ean), **details)


def task_may_be_completed(case: Case) -> Iterator[Notice]:
    """Tell the responsible that the task may be marked as completed: a permission (card, Metode 3)."""
    if case.tracks["orientation"]["state"] == "oriented" and case.tracks["task"]["state"] == "open":
        yield from case.notices(Template.TASK_MAY_BE_COMPLETED, [case.responsible], case.outline.rollout, 1)


def weekly_digest(case: Case) -> Iterator[Notice]:
    """Tell those who asked for it, from Monday morning, what their municipality can do now."""
    turn = case.outline.progress["turn"]
    possible = [each["action"] for each in (turn["primary"], *turn["others"]) if each["actor"] == "municipality"]
    monday = monday_of(case.hour.now)
    if possible and has_come(monday, case.hour.now):
        year, week, _ = monday.isocalendar()
        hearing = [role for role in Role if role in case.contacts and case.contacts[role].digest]
        details = {"actions": " ".join(possible), "stage": case.outline.progress["stage"]}
        yield from case.notices(Template.WEEKLY_DIGEST, hearing, case.outline.rollout, f"{year}-W{week:02}", **details)


def _set_up(case: Case, ean: str) -> str:
    configs = case.tracks["forwarding"]["configs"]
    return " ".join(f"{each['config_id']}:{each['revision']}" for each in configs if ean in each["eans"])
