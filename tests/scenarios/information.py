"""Scenarios: guidance and webinar."""

from tests.facts_made import Plain, fact
from tests.scenarios.shape import Scenario

_GUIDANCE = fact("GuidancePublished", 3)
_SCHEDULED = fact("WebinarScheduled", 3)
_INVITED = fact("WebinarInvited", 4)
_MOVED = fact("WebinarRescheduled", 9, sequence=2)
_CANCELLED = fact("WebinarCancelled", 8, sequence=1)


def _read(day: int, version: int = 1) -> Plain:
    return fact("GuidanceAcknowledged", day, version=version)


INFORMATION = (
    Scenario("Published.", {"information.guidance": "published"}, (), (_GUIDANCE,)),
    Scenario("Acknowledged.", {"information.guidance": "acknowledged"}, (_read(4),), (_GUIDANCE,)),
    Scenario(
        "Per guidance_id the highest version: an acknowledgement of the one before is not enough.",
        {"information.guidance": "published"},
        (_read(6),),
        (fact("GuidancePublished", 4, version=2), fact("GuidancePublished", 5, version=1)),
    ),
    Scenario(
        "... by an acknowledgement of that version or a higher one.",
        {"information.guidance": "acknowledged"},
        (_read(2, version=3),),
        (_GUIDANCE, fact("GuidancePublished", 4, version=2)),
    ),
    Scenario(
        "Acknowledged when each is.",
        {"information.guidance": "published"},
        (_read(6),),
        (_GUIDANCE, fact("GuidancePublished", 4, guidance_id="G-2")),
    ),
    Scenario(
        "An acknowledgement of what is not published says nothing.", {"information.guidance": "none"}, (_read(6),)
    ),
    Scenario("Scheduled.", {"information.webinar": "scheduled"}, (), (_SCHEDULED,)),
    Scenario(
        "Invitation and latest response survive a reschedule.",
        {"information.webinar": "accepted"},
        (_INVITED, fact("WebinarResponded", 6), fact("WebinarResponded", 5, partstat="declined")),
        (_SCHEDULED, _MOVED),
    ),
    Scenario("The invitation alone is enough.", {"information.webinar": "invited"}, (_INVITED,)),
    Scenario(
        "Cancelled outranks the rest.", {"information.webinar": "cancelled"}, (_INVITED,), (_SCHEDULED, _CANCELLED)
    ),
    Scenario(
        "Attended outranks cancelled.",
        {"information.webinar": "attended"},
        (fact("WebinarAttended", 7),),
        (_SCHEDULED, _CANCELLED),
    ),
    Scenario(
        "`sequence`, then `time`, orders: a higher sequence dated earlier is the later word.",
        {"information.webinar": "scheduled"},
        (),
        (_SCHEDULED, _CANCELLED, fact("WebinarRescheduled", 5, sequence=2)),
    ),
    Scenario(
        "... then `time`.",
        {"information.webinar": "cancelled"},
        (),
        (_SCHEDULED, _CANCELLED, fact("WebinarRescheduled", 5, sequence=1)),
    ),
    Scenario(
        "Several webinars: the one that got furthest counts.",
        {"information.webinar": "tentative"},
        (_INVITED, fact("WebinarResponded", 6, webinar_id="W-2", partstat="tentative")),
        (_SCHEDULED, fact("WebinarScheduled", 3, named="w2", webinar_id="W-2")),
    ),
    Scenario(
        "A cancelled webinar is behind one that is only scheduled.",
        {"information.webinar": "scheduled"},
        (_INVITED,),
        (_SCHEDULED, _CANCELLED, fact("WebinarScheduled", 3, named="w2", webinar_id="W-2")),
    ),
)
