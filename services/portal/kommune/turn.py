"""The turn panel: the one thing that is awaited now, whose turn that is, and what else can be done."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.portal.kommune import states
from services.portal.kommune.states import EG, NOBODY, State
from services.portal.said import Said, said

Json = Mapping[str, Any]


class Panel(NamedTuple):
    """`kind` is yours, await, eg, first, done or na; `action` what the button does, if there is one."""

    kind: str
    text: Said
    action: str
    since: str | None
    who: str
    deadline: str | None
    may_have_deadline: bool
    plans: Sequence[str]


class Link(NamedTuple):
    """Something else that can be done now: its text, and where on the page or the portal."""

    key: str
    target: str
    icon: str


#: The track whose state says what comes next, by action.
TRACKS = {
    "orient_roles": "orientation",
    "sign_agreement": "agreement",
    "clarify_signature": "agreement",
    "renew_agreement": "agreement",
    "set_up_forwarding": "forwarding",
    "check_ean_setup": "forwarding",
}
KINDS = {"await_eg": "await", "await_first_invoice": "first"}


def panel(progress: Json, shown: Mapping[str, State]) -> Panel:
    """Return the panel; `shown` holds the state of each track by its name."""
    primary = progress["turn"]["primary"]
    kind = _kind(progress["stage"], primary)
    text = shown[TRACKS[primary["action"]]].next if kind in {"yours", "eg"} else said(f"turn.{kind}.text")
    signs = primary["action"] == "sign_agreement"
    deadline = states.effective(progress["tracks"]["agreement"]).get("sign_by") if signs else None
    plans = _plans(progress["tracks"]) if kind == "await" else ()
    return Panel(kind, text, primary["action"], primary["since"], _who(primary), deadline, signs, plans)


def others(progress: Json, code: str) -> Sequence[Link]:
    """Return everything else that the municipality can do now, each with its place."""
    if progress["stage"] == "not_applicable":
        return ()
    actions = [each["action"] for each in progress["turn"]["others"] if each["actor"] == "municipality"]
    information = progress["tracks"]["information"]
    here = f"/kommune/{code}"
    links = [LINKS[action] for action in actions]
    if information["guidance"] == "published":
        links.append(Link("also.guidance", "#spor-information", "document"))
    if information["webinar"] in {"invited", "tentative"}:
        links.append(Link("also.webinar", "#webinar", "calendar-month"))
    if states.webinar_details(information).get("starts_at"):
        links.append(Link("also.calendar", "{here}/webinar.ics", "calendar-month"))
    return [each._replace(target=each.target.format(here=here)) for each in links]


LINKS = {
    "orient_roles": Link("also.orient_roles", "#orientering", "groups"),
    "sign_agreement": Link("agreement.sign", "{here}/underskriv", "edit"),
    "set_up_forwarding": Link("also.set_up_forwarding", "#spor-forwarding", "settings"),
    "check_ean_setup": Link("also.check_ean_setup", "#spor-forwarding", "settings"),
    "may_complete_task": Link("also.may_complete_task", "#fuldfoer", "list-check"),
}


def _kind(stage: str, primary: Json) -> str:
    match primary["actor"]:
        case "municipality":
            return "yours"
        case "eg":
            return KINDS.get(primary["action"], "eg")
    return "done" if stage == "receiving" else "na"


def _who(primary: Json) -> str:
    match primary["actor"]:
        case "municipality":
            return str(primary["role"] or states.RESPONSIBLE)
        case "eg":
            return EG
    return NOBODY


def _plans(tracks: Mapping[str, Json]) -> Sequence[str]:
    """Return what EG has planned and not done yet."""
    information = tracks["information"]
    planned = ["agreement"]
    if information["guidance"] == "none":
        planned.append("guidance")
    if information["webinar"] in {"none", "scheduled"}:
        planned.append("webinar")
    return planned
