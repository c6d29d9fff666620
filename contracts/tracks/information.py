"""Information: the guidance, and the one webinar where all are informed together."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from contracts.facts import Fact
from contracts.instants import shown
from contracts.names import EventName
from contracts.settle import Settled

#: Of several webinars the one that got furthest counts.
FURTHEST = ("attended", "accepted", "tentative", "declined", "invited", "scheduled", "cancelled")
PLANNING = (EventName.WebinarScheduled, EventName.WebinarRescheduled, EventName.WebinarCancelled)
OWN = (EventName.WebinarInvited, EventName.WebinarResponded, EventName.WebinarAttended)


class Guidance(NamedTuple):
    """The highest version of one guidance, and the acknowledgement that covers it."""

    published: Fact
    acknowledged: Fact | None


class Webinar(NamedTuple):
    """One webinar as a municipality stands to it; `planned` is the fact that says when it is held, or that it isn't."""

    webinar_id: str
    state: str
    made_so: Fact
    planned: Fact | None
    details: dict[str, Any]
    facts: tuple[Fact, ...]
    recording: Fact | None


def derive(own: Settled, whole: Settled) -> dict[str, Any]:
    """Return the two states, of the guidance and of the webinar, and what they rest on."""
    guidances = _guidances(own, whole)
    webinars = _webinars(own, whole)
    effective = min(webinars, key=lambda each: (FURTHEST.index(each.state), each.webinar_id), default=None)
    resting = [fact for each in guidances for fact in each if fact is not None]
    resting += effective.facts if effective else ()
    return {
        "guidance": _guidance_state(guidances),
        "guidance_since": _latest([each.acknowledged or each.published for each in guidances]),
        "webinar": effective.state if effective else "none",
        "webinar_since": shown(effective.made_so.time) if effective else None,
        "facts": list(dict.fromkeys(fact.id for fact in resting)),
        "invited": sorted({fact.subject for fact in own.of(EventName.WebinarInvited)}),
        "guidances": [_guidance(each) for each in guidances],
        "webinars": [_webinar(each) for each in webinars],
    }


def _guidances(own: Settled, whole: Settled) -> list[Guidance]:
    newest: dict[str, Fact] = {}
    for fact in whole.of(EventName.GuidancePublished):
        known = newest.get(fact.data["guidance_id"])
        if known is None or fact.data["version"] > known.data["version"]:
            newest[fact.data["guidance_id"]] = fact
    acknowledgements = own.of(EventName.GuidanceAcknowledged)
    return [Guidance(fact, _covering(fact, acknowledgements)) for _, fact in sorted(newest.items())]


def _covering(published: Fact, acknowledgements: Sequence[Fact]) -> Fact | None:
    wanted, version = published.data["guidance_id"], published.data["version"]
    return next(
        (each for each in acknowledgements if each.data["guidance_id"] == wanted and each.data["version"] >= version),
        None,
    )


def _guidance_state(guidances: Sequence[Guidance]) -> str:
    if not guidances:
        return "none"
    return "acknowledged" if all(each.acknowledged for each in guidances) else "published"


def _webinars(own: Settled, whole: Settled) -> list[Webinar]:
    about: dict[str, list[Fact]] = defaultdict(list)
    for fact in (*whole.of(*PLANNING), *own.of(*OWN)):
        about[fact.subject].append(fact)
    recordings = {fact.subject: fact for fact in whole.of(EventName.WebinarRecordingPublished)}
    return [_one(webinar_id, facts, recordings.get(webinar_id)) for webinar_id, facts in sorted(about.items())]


def _one(webinar_id: str, facts: Sequence[Fact], recording: Fact | None) -> Webinar:
    planning = sorted(
        (fact for fact in facts if fact.name in PLANNING), key=lambda each: (each.data["sequence"], each.order)
    )
    details: dict[str, Any] = {}
    for fact in planning:
        details |= fact.data
    planned = planning[-1] if planning else None
    state, made_so = _standing(facts, planned)
    resting = tuple(dict.fromkeys(fact for fact in (planned, made_so) if fact is not None))
    return Webinar(webinar_id, state, made_so, planned, details, resting, recording)


def _standing(facts: Sequence[Fact], planned: Fact | None) -> tuple[str, Fact]:
    """Return the state and its fact: attended outranks cancelled, cancelled outranks the rest."""
    attended = [fact for fact in facts if fact.name is EventName.WebinarAttended]
    responses = [fact for fact in facts if fact.name is EventName.WebinarResponded]
    invitations = [fact for fact in facts if fact.name is EventName.WebinarInvited]
    if attended:
        return "attended", attended[0]
    if planned is not None and planned.name is EventName.WebinarCancelled:
        return "cancelled", planned
    if responses:
        return responses[-1].data["partstat"], responses[-1]
    if invitations:
        return "invited", invitations[0]
    return "scheduled", facts[0]


def _guidance(guidance: Guidance) -> dict[str, Any]:
    data, acknowledged = guidance.published.data, guidance.acknowledged
    return {
        "guidance_id": data["guidance_id"],
        "version": data["version"],
        "title": data["title"],
        "url": data["url"],
        "published": shown(guidance.published.time),
        "acknowledged": shown(acknowledged.time) if acknowledged else None,
    }


def _webinar(webinar: Webinar) -> dict[str, Any]:
    names = ("sequence", "title", "starts_at", "ends_at", "join_url", "reason")
    return {
        "webinar_id": webinar.webinar_id,
        "state": webinar.state,
        "since": shown(webinar.made_so.time),
        **{name: webinar.details.get(name) for name in names},
        "recording": webinar.recording.data["url"] if webinar.recording else None,
    }


def _latest(facts: Sequence[Fact]) -> str | None:
    return shown(max(fact.time for fact in facts)) if facts else None
