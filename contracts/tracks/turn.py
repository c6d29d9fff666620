"""Whose turn it is: every action that is possible, with the stage's own as the primary one."""

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.tracks.grounds import in_time
from contracts.tracks.one_agreement import FAILED, TO_SIGN
from contracts.tracks.orientation import OWNER, SIGNER
from contracts.tracks.stage import Stage

Action = dict[str, Any]
Track = Mapping[str, Any]

#: The primary actions of each stage, first choice first; the first that is possible is taken.
PRIMARY = {
    Stage.TO_ORIENT: ("orient_roles",),
    Stage.AWAITING_EG: ("await_eg",),
    Stage.TO_SIGN: ("sign_agreement", "clarify_signature"),
    Stage.BLOCKED: ("renew_agreement", "check_ean_setup"),
    Stage.TO_CONFIGURE: ("set_up_forwarding",),
    Stage.TO_VERIFY: ("await_first_invoice",),
}


def turn_of(stage: Stage, tracks: Mapping[str, Track]) -> dict[str, Any]:
    """Return `{"primary", "others"}`; others in the order of the table of actions."""
    if stage is Stage.NOT_APPLICABLE:
        return {"primary": _action("nobody", "none"), "others": []}
    possible = list(_possible(tracks))
    if stage is Stage.RECEIVING:
        done = _action("nobody", "none", None, tracks["agreement"], tracks["forwarding"])
        return {"primary": done, "others": possible}
    primary = min(
        (each for each in possible if each["action"] in PRIMARY[stage]), key=lambda each: _choice(stage, each)
    )
    return {"primary": primary, "others": [each for each in possible if each is not primary]}


def _choice(stage: Stage, action: Action) -> int:
    return PRIMARY[stage].index(action["action"])


def _possible(tracks: Mapping[str, Track]) -> Iterator[Action]:
    """Yield the actions whose condition holds, in the order of the table."""
    yield from _about_orientation(tracks["orientation"])
    yield from _about_agreement(tracks["agreement"], tracks["orientation"])
    yield from _about_forwarding(tracks["forwarding"], tracks["agreement"])
    if tracks["orientation"]["state"] == "oriented" and tracks["task"]["state"] == "open":
        yield _action(
            "municipality",
            "may_complete_task",
            tracks["task"]["responsible_role"],
            tracks["orientation"],
            tracks["task"],
        )


def _about_orientation(orientation: Track) -> Iterator[Action]:
    if orientation["state"] != "oriented":
        yield _action("municipality", "orient_roles", orientation["missing"][0])


def _about_agreement(agreement: Track, orientation: Track) -> Iterator[Action]:
    state, waits = agreement["state"], {"since": agreement["turn_since"], "facts": agreement["facts"]}
    if state == "awaiting_eg":
        yield _action("eg", "await_eg", None, *([orientation] if orientation["state"] == "oriented" else []))
    elif state in TO_SIGN and not agreement["mismatched"]:
        yield _action("municipality", "sign_agreement", SIGNER, waits)
    elif state in TO_SIGN:
        yield _action("eg", "clarify_signature", None, waits)
    elif state in FAILED:
        yield _action("eg", "renew_agreement", None, waits)


def _about_forwarding(forwarding: Track, agreement: Track) -> Iterator[Action]:
    state = forwarding["state"]
    if agreement["state"] == "signed" and state in {"none", "disabled"}:
        yield _action("municipality", "set_up_forwarding", OWNER, agreement, forwarding)
    elif state == "configured":
        yield _action("eg", "await_first_invoice", None, forwarding)
    elif state == "failed":
        yield _action("municipality", "check_ean_setup", OWNER, forwarding)


def _action(actor: str, action: str, role: str | None = None, *resting: Track) -> Action:
    """Return an action; it is possible since the latest of what it rests on."""
    instants = [track["since"] for track in resting if track["since"]]
    return {
        "actor": actor,
        "action": action,
        "role": role,
        "since": max(instants, key=in_time, default=None),
        "because": list(dict.fromkeys(each for track in resting for each in track["facts"])),
    }
