"""What all the facts of a municipality and of its rollout come to: tracks, stage, turn and anomalies."""

from collections.abc import Iterable
from typing import Any

from contracts.facts import Fact
from contracts.settle import Settled, settle
from contracts.tracks import agreement, enrolment, forwarding, information, orientation, task
from contracts.tracks.stage import stage_of
from contracts.tracks.turn import turn_of

#: Rises when a rule changes, so that views made by newer rules replace those made by older ones.
RULES = 1


def derive(own: Iterable[Fact], rollout: Iterable[Fact]) -> dict[str, Any]:
    """Return `{"stage", "tracks", "turn", "anomalies", "enrolment"}`, whatever the order of the facts."""
    return derive_settled(settle(own), settle(rollout))


def derive_as_of(
    own: Iterable[Fact], rollout: Iterable[Fact], as_of: str | None = None, known_at: int | None = None
) -> dict[str, Any]:
    """Return what held at `as_of` (instant of fixed width), as known at `known_at` (milliseconds)."""
    mine, whole = (settle(facts, known_at) for facts in (own, rollout))
    return derive_settled(mine.until(as_of), whole.until(as_of)) if as_of else derive_settled(mine, whole)


def derive_settled(own: Settled, rollout: Settled) -> dict[str, Any]:
    """Return the same from facts that are settled already, so that a rollout's are settled once for all."""
    enrolled, odd_enrolment = enrolment.derive(own)
    oriented = orientation.derive(own)
    signed, odd_agreements = agreement.derive(own)
    forwarded, odd_forwarding = forwarding.derive(own)
    completed, odd_task = task.derive(own, oriented)
    tracks = {
        "orientation": oriented,
        "agreement": signed,
        "information": information.derive(own, rollout),
        "forwarding": forwarded,
        "task": completed,
    }
    stage = stage_of(tracks, enrolled=enrolled["state"] == "enrolled")
    odd = [*own.anomalies, *rollout.anomalies, *odd_enrolment, *odd_agreements, *odd_forwarding, *odd_task]
    return {
        "stage": stage.value,
        "tracks": tracks,
        "turn": turn_of(stage, tracks),
        "anomalies": sorted(odd, key=lambda each: (each["code"], each["facts"])),
        "enrolment": enrolled,
    }
