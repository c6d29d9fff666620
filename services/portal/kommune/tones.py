"""How urgent a state is, and so which colour and icon it has; each is told by its text too."""

from enum import StrEnum


class Tone(StrEnum):
    """From the most urgent to the least."""

    PROBLEM = "problem"
    ACTION = "action"
    MOVING = "moving"
    WAITING = "waiting"
    OK = "ok"


#: By the key of a state's texts; what is not named here is the municipality's to do.
TONES = {
    **dict.fromkeys(
        (
            "orientation.oriented", "agreement.signed", "guidance.acknowledged", "webinar.attended",
            "forwarding.verified", "task.completed",
        ),
        Tone.OK,
    ),
    **dict.fromkeys(("agreement.details_pending", "webinar.accepted", "forwarding.configured"), Tone.MOVING),
    **dict.fromkeys(
        (
            "agreement.awaiting_eg", "agreement.superseded", "guidance.none", "webinar.none", "webinar.scheduled",
            "webinar.declined", "forwarding.none_no_guidance", "task.open_locked",
        ),
        Tone.WAITING,
    ),
    **dict.fromkeys(
        (
            "agreement.bounced", "agreement.declined", "agreement.expired", "agreement.voided", "agreement.terminated",
            "agreement.hash_mismatch", "webinar.cancelled", "forwarding.failed", "forwarding.ean_conflict",
        ),
        Tone.PROBLEM,
    ),
}  # fmt: skip
ICONS = {Tone.PROBLEM: "error", Tone.MOVING: "hourglass", Tone.WAITING: "hourglass", Tone.OK: "success"}
BADGES = {
    Tone.PROBLEM: "badge-error",
    Tone.ACTION: "badge-warning",
    Tone.MOVING: "badge-info",
    Tone.WAITING: "badge-neutral",
    Tone.OK: "badge-success",
}


def tone_of(key: str) -> Tone:
    """Return the tone of the state whose texts stand at `key`."""
    return TONES.get(key, Tone.ACTION)


def most_urgent(tones: list[Tone]) -> Tone:
    """Return the tone that a track with several states takes at its edge."""
    return min(tones, key=list(Tone).index)
