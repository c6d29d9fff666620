"""The webinar where all are informed together, as one municipality stands to it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from contracts.facts import Fact
from contracts.instants import shown
from contracts.names import EventName
from contracts.tracks.grounds import ids, remembered, since, turning_point

#: Of several webinars the one that got furthest counts.
FURTHEST = ("attended", "accepted", "tentative", "declined", "invited", "scheduled", "cancelled")


@remembered
def derive(facts: tuple[Fact, ...]) -> dict[str, Any]:
    """Return state, since and details; `facts` of the municipality and its rollout come earliest first."""
    webinars = [each for each in _webinars(facts) if each.standing.state]
    furthest = min(webinars, key=_rank, default=None)
    return {
        "state": furthest.standing.state if furthest else "none",
        "since": since(furthest.made_so) if furthest else None,
        "facts": furthest.rests_on if furthest else [],
        "webinar_id": furthest.webinar_id if furthest else None,
        "details": [_details(each) for each in webinars],
    }


class Standing(NamedTuple):
    """What has happened about one webinar so far, facts taken earliest first."""

    plan: Fact | None = None
    invited: Fact | None = None
    response: Fact | None = None
    attended: Fact | None = None

    @property
    def state(self) -> str | None:
        """Attended outranks cancelled, cancelled outranks the rest."""
        if self.attended:
            return "attended"
        if self.plan and self.plan.name is EventName.WebinarCancelled:
            return "cancelled"
        if self.response:
            return str(self.response.data["partstat"])
        if self.invited:
            return "invited"
        return "scheduled" if self.plan else None

    def after(self, fact: Fact) -> "Standing":
        """Return the standing after one more fact; a reschedule takes neither invitation nor response away."""
        match fact.name:
            case EventName.WebinarScheduled | EventName.WebinarRescheduled | EventName.WebinarCancelled:
                later = self.plan is None or fact.data["sequence"] >= self.plan.data["sequence"]
                return self._replace(plan=fact) if later else self
            case EventName.WebinarInvited:
                return self._replace(invited=self.invited or fact)
            case EventName.WebinarResponded:
                return self._replace(response=fact)
            case EventName.WebinarAttended:
                return self._replace(attended=self.attended or fact)
        return self


class Webinar(NamedTuple):
    """One webinar and its facts, earliest first."""

    webinar_id: str
    facts: Sequence[Fact]
    standing: Standing
    made_so: Fact | None

    @property
    def rests_on(self) -> list[str]:
        """The ids of the facts behind the state."""
        standing = self.standing
        return ids([standing.plan, standing.attended or standing.response or standing.invited, self.made_so])


def _webinars(facts: Sequence[Fact]) -> list[Webinar]:
    about: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        about[fact.data.get("webinar_id") or fact.subject].append(fact)
    return [_one(webinar_id, some) for webinar_id, some in sorted(about.items())]


def _one(webinar_id: str, facts: Sequence[Fact]) -> Webinar:
    standing, history = Standing(), []
    for fact in facts:
        standing = standing.after(fact)
        history.append((fact, standing.state))
    return Webinar(webinar_id, facts, standing, turning_point(history))


def _rank(webinar: Webinar) -> int:
    return FURTHEST.index(str(webinar.standing.state))


def _details(webinar: Webinar) -> dict[str, Any]:
    standing = webinar.standing
    return {
        "webinar_id": webinar.webinar_id,
        "state": standing.state,
        "since": since(webinar.made_so),
        **_plan(webinar.facts),
        "invited": sorted({fact.data["role"] for fact in webinar.facts if fact.name is EventName.WebinarInvited}),
        "response": standing.response.data["partstat"] if standing.response else None,
        "attendees": standing.attended.data["attendees"] if standing.attended else None,
        **_recording(webinar.facts),
    }


def _plan(facts: Sequence[Fact]) -> dict[str, Any]:
    """Return when and where it is held, each word taken from the newest event that has it in its contract."""
    plans = sorted((fact for fact in facts if fact.name in _SAYS), key=_sequence)
    said: dict[str, Any] = dict.fromkeys(("sequence", *_SAYS[EventName.WebinarScheduled], "moved_from", "reason"))
    for fact in plans:
        moved_from = said["starts_at"] if fact.name is EventName.WebinarRescheduled else said["moved_from"]
        words = {name: fact.data[name] for name in _SAYS[fact.name]}
        said |= {"reason": None, **words, "sequence": fact.data["sequence"], "moved_from": moved_from}
    return said


_SAYS = {
    EventName.WebinarScheduled: ("title", "starts_at", "ends_at", "timezone", "join_url", "organizer"),
    EventName.WebinarRescheduled: ("starts_at", "ends_at"),
    EventName.WebinarCancelled: ("reason",),
}


def _sequence(fact: Fact) -> tuple[int, tuple[str, str, str]]:
    return fact.data["sequence"], fact.order


def _recording(facts: Sequence[Fact]) -> dict[str, str | None]:
    recordings = [fact for fact in facts if fact.name is EventName.WebinarRecordingPublished]
    latest = recordings[-1] if recordings else None
    return {
        "recording": latest.data["url"] if latest else None,
        "recording_published": shown(latest.time) if latest else None,
    }
