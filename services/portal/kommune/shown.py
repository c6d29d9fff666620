"""What the templates of Kommunens side need beside the page itself."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from markupsafe import Markup

from contracts.roles import Role
from services.chassis import clock
from services.portal.catalogue import Language, text
from services.portal.kommune import states, timeline
from services.portal.kommune.page import Side, Track, states_of
from services.portal.kommune.states import NOBODY
from services.portal.kommune.tones import BADGES, ICONS, Tone, tone_of
from services.portal.kommune.versions import RESTS_ON, version_of
from services.portal.kommune.whys import whys_of
from services.portal.said import Day, Moment, Said, Time, said
from services.portal.visitors import Visitor
from services.portal.wording import say

#: The roles in the order in which they are shown: those of the rule first.
ROLES = (
    Role.SYSTEMANSVARLIG_BOGFOERING,
    Role.ERP_DIALOG,
    Role.AFTALEADMINISTRATOR,
    Role.KP_SYSTEMANSVARLIG,
    Role.OEIR_KOORDINATOR,
    Role.OEKONOMIAFDELING,
)


def values_of(side: Side, visitor: Visitor, language: Language) -> Mapping[str, Any]:
    """Return the values of `side.html`; who may not act, or has nothing to act on, gets no actions."""
    progress = side.progress
    tracks = progress["tracks"] if progress else {}
    said_by_track = dict(states_of(progress)) if progress else {}
    if progress:
        said_by_track["webinar"] = states.webinar(tracks["information"])
    return {
        "side": side,
        "whys": whys_of(side),
        "acts": visitor.acts and progress is not None and progress["stage"] != "not_applicable",
        "states_of": said_by_track,
        "agreement": states.effective(tracks["agreement"]) if tracks else {},
        "webinar": states.webinar_details(tracks["information"]) if tracks else {},
        "versions": {part: version_of(progress, part) for part in RESTS_ON} if progress else {},
        "live_version": live_version(side),
        "roles": [role.value for role in ROLES],
        "turn_plans": [text(language, f"plan.{name}") for name in side.turn.plans] if side.turn else [],
        **_TABLES,
        "clock_time": lambda instant: say(language, Said("value", {"value": Time(instant)})),
    }


def live_version(side: Side) -> str:
    """Return what the page was made from, so that a stream that has nothing newer to tell changes nothing."""
    return ",".join(f"{name}-{offset}" for name, offset in side.view["positions"].items()) if side.view else ""


def whos(track: Track) -> str:
    """Return who takes a track's next step: of several states, the first who is anybody."""
    return next((each.who for each in track.every if each.who != NOBODY), NOBODY)


def _reached(instant: str) -> Said:
    return said("page.reached", date=Day(instant))


def _moved(webinar: Mapping[str, Any]) -> Said:
    return said("webinar.rescheduled.text", old=Moment(webinar["moved_from"]), new=Moment(webinar["starts_at"]))


def lacking(sentence: str) -> Said:
    """Return what is missing before the next step: the sentence stands out."""
    return said("page.why.missing", event=Markup("<strong>{}</strong>").format(sentence))


_TABLES = {
    "tone_of": tone_of,
    "badges": BADGES,
    "tone_icons": {tone: icon for tone, icon in ICONS.items() if tone is not Tone.ACTION},
    "whos": whos,
    "reached": _reached,
    "moved": _moved,
    "lacking": lacking,
    "sender": timeline.sender,
    "sentence": timeline.sentence,
    "key": partial(clock.new_id),
}
