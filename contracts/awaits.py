"""What each state waits for, in one sentence each; nobody is ever told to contact EG (card)."""

from collections.abc import Mapping
from typing import Any

from contracts.rule_texts import Text
from contracts.tracks.one_agreement import TO_SIGN


def missing(progress: Mapping[str, Any], part: str) -> list[Text]:
    """Return what the next state of a track waits for; of the stage and the turn, what each track waits for."""
    tracks = progress["tracks"]
    if part == "orientation":
        return [MISSING_ROLE[role] for role in tracks["orientation"]["missing"]]
    if part == "information":
        return _awaited(*((name, tracks["information"][name]) for name in ("guidance", "webinar")))
    if part == "agreement" and tracks["agreement"]["state"] in TO_SIGN and tracks["agreement"]["mismatched"]:
        return [CLARIFIED]
    if part in tracks:
        texts = _awaited((part, tracks[part]["state"]))
        return [*texts, *missing(progress, "orientation")] if part == "task" and texts else texts
    outside = _awaited(("enrolment", progress["enrolment"]["state"]))
    if outside or part == "enrolment":
        return outside
    return [text for track in ("orientation", "agreement", "forwarding") for text in missing(progress, track)]


def _awaited(*states: tuple[str, str]) -> list[Text]:
    return [AWAITS[state] for state in states if state in AWAITS]


_SIGNATURE = Text("Aftaleadministrators underskrift mangler.", "The agreement administrator's signature is missing.")
_NEW_AGREEMENT = Text("EG kan sende en ny serviceaftale; afvent den.", "EG may send a new agreement; await it.")
CLARIFIED = Text(
    "Underskriften gælder et andet dokument end det, der blev sendt; afvent, at EG afklarer det.",
    "The signature is on another document than the one that was sent; await EG's clarification.",
)

AWAITS = {
    ("enrolment", "none"): Text(
        "Kommunen er ikke registreret som bruger af ØS Indsigt.", "The municipality is not registered on ØS Indsigt."
    ),
    ("enrolment", "withdrawn"): Text(
        "Kommunen er ikke længere registreret som bruger af ØS Indsigt.",
        "The municipality is no longer registered on ØS Indsigt.",
    ),
    ("agreement", "awaiting_eg"): Text(
        "Serviceaftalen er ikke udsendt endnu; afvent EG.", "The agreement is not sent yet; await EG."
    ),
    ("agreement", "sent"): _SIGNATURE,
    ("agreement", "delivered"): _SIGNATURE,
    ("agreement", "viewed"): _SIGNATURE,
    ("agreement", "bounced"): Text("Serviceaftalen skal sendes igen af EG.", "EG is to send the agreement again."),
    ("agreement", "declined"): _NEW_AGREEMENT,
    ("agreement", "expired"): _NEW_AGREEMENT,
    ("agreement", "voided"): _NEW_AGREEMENT,
    ("agreement", "terminated"): _NEW_AGREEMENT,
    ("forwarding", "none"): Text("Videresendelsen er ikke sat op på et EAN.", "No EAN is set up for forwarding."),
    ("forwarding", "disabled"): Text("Videresendelsen er slået fra.", "Forwarding is switched off."),
    ("forwarding", "configured"): Text(
        "Den første eFaktura er ikke modtaget i KP på hvert aktivt EAN.",
        "The first eFaktura has not arrived on each active EAN.",
    ),
    ("forwarding", "failed"): Text(
        "Et EAN fejler; opsætningen i ØS Indsigt skal kontrolleres.",
        "An EAN fails; its set-up in ØS Indsigt is to be checked.",
    ),
    ("task", "open"): Text("Opgaven er ikke markeret som fuldført.", "The task is not marked as completed."),
    ("guidance", "none"): Text(
        "Vejledningen er ikke udgivet endnu; afvent EG.", "The guidance is not published yet; await EG."
    ),
    ("guidance", "published"): Text(
        "Vejledningens nyeste version er ikke markeret som læst.", "Its newest version is not marked as read."
    ),
    ("webinar", "none"): Text(
        "Webinaret er ikke planlagt endnu; afvent EG.", "The webinar is not scheduled yet; await EG."
    ),
    ("webinar", "scheduled"): Text("Indkaldelsen er ikke kommet endnu.", "The invitation has not come yet."),
    ("webinar", "invited"): Text("Kommunens svar mangler.", "The municipality's reply is missing."),
    ("webinar", "tentative"): Text("Kommunens endelige svar mangler.", "The municipality's final reply is missing."),
    ("webinar", "cancelled"): Text("Et nyt webinar er ikke planlagt.", "No new webinar is scheduled."),
}

MISSING_ROLE = {
    "aftaleadministrator": Text(
        "Aftaleadministrator er ikke orienteret.", "The agreement administrator is not briefed."
    ),
    "systemansvarlig_bogfoering": Text(
        "Systemansvarlig for bogføringssystemet (eller den, der varetager ERP-dialogen) er ikke orienteret.",
        "The system owner of the bookkeeping system (or whoever handles the ERP dialogue) is not briefed.",
    ),
}
