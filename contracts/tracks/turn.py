"""Whose turn it is: every action that is possible, with the stage's own as the primary one."""

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.tracks.orientation import OWNER, SIGNER
from contracts.tracks.stage import FAILED_AGREEMENTS, TO_SIGN, Stage

Action = dict[str, Any]
NOTHING: Action = {"actor": "nobody", "action": "none", "role": None, "since": None, "because": []}

#: The primary actions of each stage, first choice first; the first that is possible is taken.
PRIMARY = {
    Stage.TO_ORIENT: ("orient_roles",),
    Stage.AWAITING_EG: ("await_eg",),
    Stage.TO_SIGN: ("clarify_signature", "sign_agreement"),
    Stage.BLOCKED: ("renew_agreement", "check_ean_setup"),
    Stage.TO_CONFIGURE: ("set_up_forwarding",),
    Stage.TO_VERIFY: ("await_first_invoice",),
}


def turn_of(stage: Stage, tracks: Mapping[str, Any]) -> dict[str, Any]:
    """Return `{"primary", "others"}`; others in the order of the table of actions."""
    if stage is Stage.NOT_APPLICABLE:
        return {"primary": NOTHING, "others": []}
    possible = {each["action"]: each for each in _possible(tracks)}
    primary = next((possible[name] for name in PRIMARY.get(stage, ()) if name in possible), NOTHING)
    if stage is Stage.RECEIVING:
        primary = {
            **NOTHING,
            "since": _later(tracks),
            "because": [*tracks["agreement"]["facts"], *tracks["forwarding"]["facts"]],
        }
    return {"primary": primary, "others": [each for name, each in possible.items() if name != primary["action"]]}


def _possible(tracks: Mapping[str, Any]) -> Iterator[Action]:
    orientation, agreement = tracks["orientation"], tracks["agreement"]
    forwarding, task = tracks["forwarding"], tracks["task"]
    oriented = orientation["state"] == "oriented"
    if not oriented:
        yield _action("municipality", "orient_roles", orientation["missing"][0])
    if agreement["state"] == "awaiting_eg":
        yield _action("eg", "await_eg", None, orientation if oriented else None)
    if agreement["state"] in TO_SIGN and not agreement["signature_mismatched"]:
        yield _action("municipality", "sign_agreement", SIGNER, agreement)
    if agreement["state"] in TO_SIGN and agreement["signature_mismatched"]:
        yield _action("eg", "clarify_signature", None, agreement)
    if agreement["state"] in FAILED_AGREEMENTS:
        yield _action("eg", "renew_agreement", None, agreement)
    if agreement["state"] == "signed" and forwarding["state"] in {"none", "disabled"}:
        yield _action(
            "municipality", "set_up_forwarding", OWNER, agreement if forwarding["state"] == "none" else forwarding
        )
    if forwarding["state"] == "configured":
        yield _action("eg", "await_first_invoice", None, forwarding)
    if forwarding["state"] == "failed":
        yield _action("municipality", "check_ean_setup", OWNER, forwarding)
    if oriented and task["state"] == "open":
        yield _action("municipality", "may_complete_task", task["responsible_role"], orientation)


def _action(actor: str, action: str, role: str | None, track: Mapping[str, Any] | None = None) -> Action:
    since, because = (track["since"], track["facts"]) if track else (None, [])
    return {"actor": actor, "action": action, "role": role, "since": since, "because": because}


def _later(tracks: Mapping[str, Any]) -> str:
    later: str = max(tracks["agreement"]["since"], tracks["forwarding"]["since"])
    return later
