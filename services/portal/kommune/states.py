"""Which texts say the state of each track: a table of meaning, from a view's JSON to keys of the catalogue."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from contracts.tracks.one_agreement import TO_SIGN
from services.portal.said import Day, Moment, OnDay, Roles, Said, Time, Value, said

Track = Mapping[str, Any]
Tracks = Mapping[str, Track]

#: Who takes the next step, where it is the supplier side, or nobody.
EG, NOBODY = "eg", "nobody"
SIGNER, OWNER, RESPONSIBLE = "aftaleadministrator", "systemansvarlig_bogfoering", "kp_systemansvarlig"


class State(NamedTuple):
    """The texts of one state stand at `key` `.title`, `.text` and `.next`; `who` takes the next step."""

    key: str
    values: Mapping[str, Value]
    since: str | None
    who: str

    @property
    def title(self) -> Said:
        return Said(f"{self.key}.title", self.values)

    @property
    def text(self) -> Said:
        return Said(f"{self.key}.text", self.values)

    @property
    def next(self) -> Said:
        return Said(f"{self.key}.next", self.values)


def orientation(track: Track, responsible: str = RESPONSIBLE) -> State:
    """Return the state of the orientation."""
    match track["state"], track["missing"]:
        case "oriented", _:
            return State("orientation.oriented", {}, track["since"], NOBODY)
        case "partial", ["aftaleadministrator"]:
            return State("orientation.partial.aftaleadministrator", {}, track["since"], responsible)
        case "partial", _:
            return State("orientation.partial.systemansvarlig", {}, track["since"], responsible)
    return State("orientation.none", {}, track["since"], responsible)


def agreement(track: Track) -> State:
    """Return the state of the agreement that counts."""
    state, since = track["state"], track["since"]
    details = effective(track)
    reason = str(details.get("reason") or "–")
    match state:
        case _ if state in TO_SIGN and track["mismatched"]:
            return State("agreement.hash_mismatch", {}, track["turn_since"], EG)
        case "signed" if track["details_pending"]:
            return State("agreement.details_pending", {}, since, NOBODY)
        case "signed":
            return State("agreement.signed", {"date": Day(since)}, since, NOBODY)
        case "sent" | "delivered" | "viewed":
            return State(f"agreement.{state}", {"date": Day(since)}, since, SIGNER)
        case "expired":
            deadline = details.get("sign_by")
            return State("agreement.expired", {"date": OnDay(deadline) if deadline else Day(since)}, since, EG)
    return State(f"agreement.{state}", {"date": Day(since), "reason": reason}, since, EG)


def effective(track: Track) -> Mapping[str, Any]:
    """Return what is known of the agreement that counts, which is nothing before there is one."""
    return next((each for each in track["agreements"] if each["agreement_id"] == track["agreement_id"]), {})


def superseded(track: Track) -> Sequence[Said]:
    """Return a note for each agreement that a newer one replaces."""
    sent = {each["agreement_id"]: each["sent"] for each in track["agreements"]}
    replaced = [each for each in track["agreements"] if each["superseded"]]
    return [said("agreement.superseded.text", date=Day(sent.get(each["superseded_by"]))) for each in replaced]


def guidance(track: Track) -> State:
    """Return the state of the guidance: of several, of the one that most needs reading."""
    unread = [each for each in track["guidances"] if not each["acknowledged"]]
    shown = (unread or track["guidances"] or [None])[-1]
    if shown is None:
        return State("guidance.none", {}, track["guidance_since"], EG)
    when = shown["acknowledged"] or shown["published"]
    who = OWNER if track["guidance"] == "published" else NOBODY
    values = {"version": shown["version"], "date": Day(when)}
    return State(f"guidance.{track['guidance']}", values, track["guidance_since"], who)


def webinar(track: Track) -> State:
    """Return the state of the webinar that counts."""
    state, since, details = track["webinar"], track["webinar_since"], webinar_details(track)
    at = details.get("starts_at")
    values: dict[str, Value] = {"date": Day(at or since), "time": Time(at)}
    match state:
        case "none" | "scheduled":
            return State(f"webinar.{state}", values, since, EG)
        case "cancelled":
            return State("webinar.cancelled", values | {"reason": str(details.get("reason") or "–")}, since, EG)
        case "attended":
            return State("webinar.attended", values | {"count": details.get("attendees") or 0}, since, NOBODY)
        case "declined":
            return State("webinar.declined", values, since, NOBODY)
    return State(f"webinar.{state}", values, since, OWNER)


def webinar_details(track: Track) -> Mapping[str, Any]:
    """Return what is known of the webinar that counts."""
    return next((each for each in track["webinars"] if each["webinar_id"] == track["webinar_id"]), {})


def webinar_notes(track: Track) -> Sequence[State]:
    """Return what stands beside the webinar's state: that it was moved, and that a recording can be seen."""
    details, notes = webinar_details(track), []
    if details.get("moved_from") and track["webinar"] not in {"cancelled", "attended"}:
        moved: dict[str, Value] = {"old": Moment(details["moved_from"]), "new": Moment(details["starts_at"])}
        notes.append(State("webinar.rescheduled", moved, None, OWNER))
    if details.get("recording"):
        notes.append(State("webinar.recording", {"date": Day(details["recording_published"])}, None, OWNER))
    return notes


def forwarding(track: Track, information: Track | None) -> State:
    """Return the state of the forwarding; before there is a guidance, to wait for it is right."""
    state, since, eans = track["state"], track["since"], track["eans"]
    match state:
        case "none" if information is not None and information["guidance"] == "none":
            return State("forwarding.none_no_guidance", {}, since, EG)
        case "configured":
            return State("forwarding.configured", {"count": len(eans), "date": Day(since)}, since, NOBODY)
        case "verified":
            return State("forwarding.verified", {"ean": ", ".join(sorted(eans)), "date": Day(since)}, since, NOBODY)
        case "failed":
            failure = track["failure"] or {}
            values = {"ean": str(failure.get("ean", "–")), "code": str(failure.get("code", "–"))}
            return State("forwarding.failed", values, since, OWNER)
    return State(f"forwarding.{state}", {"date": Day(since)}, since, OWNER)


def forwarding_notes(track: Track, conflicts: Sequence[str]) -> Sequence[State]:
    """Return what stands beside the forwarding's state: EANs in use elsewhere too, and unusual ones."""
    elsewhere = [State("forwarding.ean_conflict", {"ean": ean}, None, OWNER) for ean in conflicts]
    unusual = [ean for ean in track["eans"] if not ean.startswith("5798")]
    return [*elsewhere, *(State("forwarding.ean_warning", {"ean": ean}, None, OWNER) for ean in unusual)]


def task(track: Track, orientation: Track) -> State:
    """Return the state of the KLIK task."""
    since, who = track["since"], track["responsible_role"] or RESPONSIBLE
    missing = Roles(tuple(orientation["missing"]))
    if track["state"] == "completed":
        if track["premature"]:
            return State("task.premature", {"roles": missing}, since, who)
        return State("task.completed", {"date": Day(since)}, since, NOBODY)
    if track["reopened"] is not None:
        return State("task.reopened", {"date": Day(since), "reason": track["reopened"]}, since, who)
    if orientation["state"] == "oriented":
        return State("task.open_ready", {}, orientation["since"], who)
    return State("task.open_locked", {"roles": missing}, since, who)
