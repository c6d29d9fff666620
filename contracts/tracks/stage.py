"""The stage: the first line that matches, from the tracks alone."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from contracts.tracks.one_agreement import FAILED, TO_SIGN


class Stage(StrEnum):
    """Where a municipality is, in the order in which the lines are tried."""

    NOT_APPLICABLE = "not_applicable"
    BLOCKED = "blocked"
    RECEIVING = "receiving"
    TO_VERIFY = "to_verify"
    TO_CONFIGURE = "to_configure"
    TO_SIGN = "to_sign"
    AWAITING_EG = "awaiting_eg"
    TO_ORIENT = "to_orient"


def stage_of(tracks: Mapping[str, Any], *, enrolled: bool) -> Stage:
    """Return the stage; `receiving` is the card's Resultat."""
    agreement, forwarding = tracks["agreement"]["state"], tracks["forwarding"]["state"]
    if not enrolled:
        return Stage.NOT_APPLICABLE
    if agreement in FAILED or forwarding == "failed":
        return Stage.BLOCKED
    if agreement == "signed":
        return {"verified": Stage.RECEIVING, "configured": Stage.TO_VERIFY}.get(forwarding, Stage.TO_CONFIGURE)
    if agreement in TO_SIGN:
        return Stage.TO_SIGN
    return Stage.AWAITING_EG if tracks["orientation"]["state"] == "oriented" else Stage.TO_ORIENT
