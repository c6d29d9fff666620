"""A municipality's `progress`: the tracks together, the stage, whose turn it is, and the anomalies."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.oracle.agreement import UNSIGNED, agreement_anomalies, agreement_track, effective
from tests.oracle.counting import Anomaly, Counting, counting
from tests.oracle.reading import Told, instant, shown, told
from tests.oracle.tracks import (
    enrolment_anomalies,
    forwarding_anomalies,
    forwarding_track,
    information_track,
    is_enrolled,
    orientation_track,
    task_anomalies,
    task_track,
)

Plain = Mapping[str, Any]
LOST = ("bounced", "declined", "expired", "voided", "terminated")


def progress(
    own: Iterable[Plain], rollout: Iterable[Plain] = (), *, as_of: str | None = None, known_at: int | None = None
) -> dict[str, Any]:
    """The `progress` of view.md; anomalies as a set of (code, ids), and actions without since and because."""
    settled = [counting(map(told, facts), known_at) for facts in (own, rollout)]
    if as_of is not None:
        settled = [each.until(instant(as_of)) for each in settled]
    return of_counting(*settled)


def of_counting(own: Counting, rollout: Counting) -> dict[str, Any]:
    tracks = {
        "orientation": orientation_track(own.facts),
        "agreement": agreement_track(own.facts),
        "information": information_track(own.facts, rollout.facts),
        "forwarding": forwarding_track(own.facts),
        "task": task_track(own.facts),
    }
    stage = _stage(tracks, enrolled=is_enrolled(own.facts))
    for track in tracks.values():
        if "since" in track:
            track["since"] = shown(track["since"])
    return {
        "stage": stage,
        "tracks": tracks,
        "turn": _turn(stage, _actions(tracks, own.facts)),
        "anomalies": own.anomalies | rollout.anomalies | frozenset(_anomalies(own.facts)),
    }


def _anomalies(facts: Sequence[Told]) -> Iterable[Anomaly]:
    for find in (agreement_anomalies, forwarding_anomalies, task_anomalies, enrolment_anomalies):
        yield from find(facts)


def _stage(tracks: dict[str, dict[str, Any]], *, enrolled: bool) -> str:
    """Stage (first match)."""
    agreement, forwarding = tracks["agreement"]["state"], tracks["forwarding"]["state"]
    if not enrolled:
        return "not_applicable"
    if agreement in LOST or forwarding == "failed":
        return "blocked"
    if agreement == "signed":
        # signed AND verified; signed, configured; signed, forwarding none or disabled
        return {"verified": "receiving", "configured": "to_verify"}.get(forwarding, "to_configure")
    if agreement in UNSIGNED:
        return "to_sign"
    return "awaiting_eg" if tracks["orientation"]["state"] == "oriented" else "to_orient"


Action = tuple[str, str, bool]


def _actions(tracks: dict[str, dict[str, Any]], facts: Sequence[Told]) -> list[Action]:
    """The rows of the table of actions, in its order: action, actor, does the condition hold."""
    agreement, forwarding = tracks["agreement"]["state"], tracks["forwarding"]["state"]
    oriented = tracks["orientation"]["state"] == "oriented"
    chosen = effective(facts)
    mismatched = bool(chosen and chosen.mismatched)
    signed, unsigned = agreement == "signed", agreement in UNSIGNED
    return [
        ("orient_roles", "municipality", not oriented),
        ("await_eg", "eg", agreement == "awaiting_eg"),
        ("sign_agreement", "municipality", unsigned and not mismatched),
        ("clarify_signature", "eg", unsigned and mismatched),
        ("renew_agreement", "eg", agreement in LOST),
        ("set_up_forwarding", "municipality", signed and forwarding in {"none", "disabled"}),
        ("await_first_invoice", "eg", forwarding == "configured"),
        ("check_ean_setup", "municipality", forwarding == "failed"),
        ("may_complete_task", "municipality", oriented and tracks["task"]["state"] == "open"),
    ]


#: The column "primary in stage"; the first of several that holds.
PRIMARY = {
    "to_orient": ["orient_roles"],
    "awaiting_eg": ["await_eg"],
    "to_sign": ["sign_agreement", "clarify_signature"],
    "blocked": ["renew_agreement", "check_ean_setup"],
    "to_configure": ["set_up_forwarding"],
    "to_verify": ["await_first_invoice"],
}


def _turn(stage: str, actions: list[Action]) -> dict[str, Any]:
    """The primary is the one of the stage; `others` are the rest, in this order."""
    listed = {action: (actor, action) for action, actor, holds in actions if holds}
    if stage in {"receiving", "not_applicable"}:
        return {"primary": ("nobody", "none"), "others": list(listed.values()) if stage == "receiving" else []}
    primary = next(action for action in PRIMARY[stage] if action in listed)
    return {"primary": listed.pop(primary), "others": list(listed.values())}
