"""The short words of the terminal for stages, states and actions, and times as people in Denmark read them."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

STAGES = {
    "to_orient": "to orient",
    "awaiting_eg": "awaiting EG",
    "to_sign": "to sign",
    "to_configure": "to configure",
    "to_verify": "to verify",
    "receiving": "receiving",
    "blocked": "blocked",
    "not_applicable": "not taking part",
}
#: From the beginning to the end, as a rollout goes.
STAGE_ORDER = tuple(STAGES)

#: As the municipalities' pages say it.
STAGES_IN_DANISH = {
    "to_orient": "Skal orienteres",
    "awaiting_eg": "Afventer EG",
    "to_sign": "Til underskrift",
    "to_configure": "Skal sættes op",
    "to_verify": "Afventer bekræftelse",
    "receiving": "Modtager eFaktura i KP",
    "blocked": "Kræver afklaring",
    "not_applicable": "Benytter ikke ØS Indsigt",
}

ORIENTATION = {"none": "–", "partial": "part", "oriented": "all"}
AGREEMENT = {"awaiting_eg": "–", "delivered": "arrived", "terminated": "ended"}
GUIDANCE = {"none": "–", "published": "new", "acknowledged": "read"}
WEBINAR = {"none": "–", "scheduled": "planned", "tentative": "maybe", "cancelled": "off"}
FORWARDING = {"none": "–", "configured": "set up", "verified": "arrives", "failed": "FAILS", "disabled": "off"}
TASK = {"completed": "done"}

ACTORS = {"municipality": "kommune", "eg": "EG", "nobody": "–"}
ACTIONS = {
    "orient_roles": "orient",
    "await_eg": "await EG",
    "sign_agreement": "sign",
    "clarify_signature": "clarify",
    "renew_agreement": "send anew",
    "set_up_forwarding": "set up EANs",
    "await_first_invoice": "1st invoice",
    "check_ean_setup": "check EANs",
    "may_complete_task": "complete",
    "none": "–",
}


def word(words: dict[str, str], state: str) -> str:
    """Return the short word for `state`, or itself, readable, where it is short enough or new."""
    return words.get(state, state.replace("_", " "))


def local_time(instant: str | None) -> str:
    """Return an RFC 3339 instant as `20 Apr 2026 11:15`, Danish time; in UTC, and saying so, without time zone data."""
    if instant is None:
        return "–"
    moment = datetime.fromisoformat(instant)
    try:
        return f"{moment.astimezone(ZoneInfo('Europe/Copenhagen')):%-d %b %Y %H:%M}"
    except ZoneInfoNotFoundError:
        return f"{moment:%-d %b %Y %H:%M} UTC"


def local_day(instant: str | None) -> str:
    """Return the day of an instant as `20 Apr`, Danish time."""
    return " ".join(local_time(instant).split()[:2])
