"""Information: the guidance, and the one webinar where all are informed together."""

from operator import attrgetter
from typing import Any

from contracts.concerns import Concern
from contracts.facts import Fact
from contracts.settle import Settled
from contracts.tracks import guidance, webinar


def derive(own: Settled, whole: Settled) -> dict[str, Any]:
    """Return the two states, of the guidance and of the webinar, and what they rest on."""
    read = guidance.derive(_together(own, whole, Concern.GUIDANCE))
    attended = webinar.derive(_together(own, whole, Concern.WEBINAR))
    return {
        "guidance": read["state"],
        "guidance_since": read["since"],
        "guidance_facts": read["facts"],
        "webinar": attended["state"],
        "webinar_since": attended["since"],
        "webinar_facts": attended["facts"],
        "webinar_id": attended["webinar_id"],
        "facts": list(dict.fromkeys([*read["facts"], *attended["facts"]])),
        "invited": [each["webinar_id"] for each in attended["details"] if each["invited"]],
        "guidances": read["details"],
        "webinars": attended["details"],
    }


def _together(own: Settled, whole: Settled, concern: Concern) -> tuple[Fact, ...]:
    mine, shared = own.about(concern), whole.about(concern)
    both = sorted([*mine, *shared], key=attrgetter("time", "id", "source")) if mine and shared else mine or shared
    return tuple(both)
