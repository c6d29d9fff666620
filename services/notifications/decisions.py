"""What becomes of each command on guidance and webinar: the event that it makes, or why it makes none."""

from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from contracts.events import (
    GuidanceAcknowledged,
    GuidancePublished,
    WebinarCancelled,
    WebinarRecordingPublished,
    WebinarRescheduled,
    WebinarResponded,
    WebinarScheduled,
)
from contracts.facts import Fact
from contracts.instants import read_instant, shown
from contracts.names import EventName
from services.chassis.doors.decision import Decision, Refused, Situation, conflict, invalid, unknown, unless_said
from services.notifications.commands import (
    Acknowledge,
    CancelWebinar,
    PublishGuidance,
    PublishRecording,
    RescheduleWebinar,
    Respond,
    ScheduleWebinar,
)
from services.notifications.plans import PLANNING

Webinar = Mapping[str, Any]

#: Card, Beskrivelse: what EG plans.
ONE_FOR_ALL = "»indkalde til et webinar, hvor alle informeres samlet«"


def publish_guidance(situation: Situation, command: PublishGuidance) -> Decision:
    """Publish a version above all before it; what is published already, with the same content, says nothing new."""
    published = _about(situation, command.guidance_id, EventName.GuidancePublished)
    newest = max(published, key=_version, default=None)
    content = command.model_dump(exclude={"version"})
    version = _next_version(newest, content) if command.version is None else command.version
    told = next((fact for fact in published if fact.data == {**content, "version": version}), None)
    if told is None and newest is not None and version <= _version(newest):
        return conflict(
            f"Version {_version(newest)} of {command.guidance_id} was published at {shown(newest.time)}, so version "
            f"{version} with other content can't be; leave the version out, and it rises by itself."
        )
    return told or GuidancePublished(version=version, **content)


def acknowledge(situation: Situation, command: Acknowledge, *, guidance: str) -> Decision:
    """Tell that the newest version has been read."""
    guidances: Sequence[Mapping[str, Any]] = situation.progress["tracks"]["information"]["guidances"]
    newest = next((each for each in guidances if each["guidance_id"] == guidance), None)
    if newest is None:
        return unknown("There is no such guidance in this rollout.")
    if command.version != newest["version"]:
        return conflict(
            f"The newest version of {guidance} is {newest['version']}, published at {newest['published']}; "
            f"read and acknowledge that one instead of version {command.version}."
        )
    return GuidanceAcknowledged(guidance_id=guidance, version=command.version, by_role=command.by_role)


def schedule(situation: Situation, command: ScheduleWebinar) -> Decision:
    """Schedule the one webinar; another one beside it only where the command says so."""
    known = _webinars(situation)
    scheduled = WebinarScheduled(
        webinar_id=command.webinar_id or _next_id(known),
        sequence=0,
        **command.model_dump(exclude={"webinar_id", "additional"}),
    )
    return (
        _as_scheduled(situation, scheduled, any_id=command.webinar_id is None)
        or _never_ending(command)
        or _taken(known.get(scheduled.webinar_id))
        or (None if command.additional else _one_planned(known.values()))
        or scheduled
    )


def reschedule(situation: Situation, command: RescheduleWebinar, *, webinar: str) -> Decision:
    """Give a webinar another time; the time that it has already is no other."""
    planned = _to_be_held(situation, webinar)
    if isinstance(planned, Refused):
        return planned
    if _moments(planned) == _moments(command.model_dump()):
        return _latest_plan(situation, webinar)
    return _never_ending(command) or WebinarRescheduled(
        webinar_id=webinar, sequence=planned["sequence"] + 1, **command.model_dump()
    )


def cancel(situation: Situation, command: CancelWebinar, *, webinar: str) -> Decision:
    """Cancel a webinar, for good: another one gets an id of its own."""
    planned = _to_be_held(situation, webinar)
    if isinstance(planned, Refused):
        return planned
    return WebinarCancelled(webinar_id=webinar, sequence=planned["sequence"] + 1, reason=command.reason)


def publish_recording(situation: Situation, command: PublishRecording, *, webinar: str) -> Decision:
    """Tell where a webinar can be seen afterwards."""
    planned = _to_be_held(situation, webinar)
    if isinstance(planned, Refused):
        return planned
    recordings = _about(situation, webinar, EventName.WebinarRecordingPublished)
    return unless_said(WebinarRecordingPublished(webinar_id=webinar, url=command.url), recordings)


def respond(situation: Situation, command: Respond, *, webinar: str) -> Decision:
    """Answer the invitation, or answer anew: the latest answer counts."""
    planned = _to_be_held(situation, webinar)
    if isinstance(planned, Refused):
        return planned
    return WebinarResponded(webinar_id=webinar, partstat=command.partstat, by_role=command.by_role)


def respond_once(situation: Situation, command: Respond, *, webinar: str) -> Decision:
    """Answer like `respond`; the answer that stands already is not given again."""
    decision = respond(situation, command, webinar=webinar)
    if not isinstance(decision, WebinarResponded):
        return decision
    given = [fact for fact in situation.own.of(EventName.WebinarResponded) if fact.subject == webinar]
    return unless_said(decision, given)


def _about(situation: Situation, subject: str, *names: EventName) -> list[Fact]:
    return [fact for fact in situation.whole.of(*names) if fact.subject == subject]


def _version(published: Fact) -> int:
    version: int = published.data["version"]
    return version


def _next_version(newest: Fact | None, content: Mapping[str, Any]) -> int:
    if newest is None:
        return 1
    unchanged = newest.data == {**content, "version": _version(newest)}
    return _version(newest) + (0 if unchanged else 1)


def _webinars(situation: Situation) -> dict[str, Webinar]:
    return {each["webinar_id"]: each for each in situation.progress["tracks"]["information"]["webinars"]}


def _next_id(known: Container[str]) -> str:
    """Return an id by counting, so that two who schedule at once schedule one webinar."""
    return next(each for each in map("webinar-{}".format, count(1)) if each not in known)


def _to_be_held(situation: Situation, webinar: str) -> Webinar | Refused:
    planned = _webinars(situation).get(webinar)
    if planned is None:
        return unknown("There is no such webinar in this rollout.")
    if planned["state"] == "cancelled":
        return conflict(f"The webinar {webinar} was cancelled at {planned['since']}, because: »{planned['reason']}«.")
    return planned


def _latest_plan(situation: Situation, webinar: str) -> Fact:
    plans = _about(situation, webinar, *PLANNING)
    return max(plans, key=lambda fact: (fact.data["sequence"], fact.order))


def _as_scheduled(situation: Situation, scheduled: WebinarScheduled, *, any_id: bool) -> Fact | None:
    """Return the fact that scheduled the same before, where nothing has changed since."""
    said = scheduled.model_dump(mode="json")
    for fact in situation.whole.of(EventName.WebinarScheduled):
        alike = {**said, "webinar_id": fact.subject} if any_id else said
        if fact.data == alike and _latest_plan(situation, fact.subject) == fact:
            return fact
    return None


def _taken(webinar: Webinar | None) -> Refused | None:
    if webinar is None:
        return None
    return conflict(
        f"The webinar {webinar['webinar_id']} has been {webinar['state']} since {webinar['since']}; "
        "reschedule it, or give another id."
    )


def _one_planned(known: Iterable[Webinar]) -> Refused | None:
    planned = next((each for each in known if each["state"] != "cancelled"), None)
    if planned is None:
        return None
    return conflict(
        f"The webinar {planned['webinar_id']} is planned for {shown(read_instant(planned['starts_at']))} already, and "
        f"the card has one for all: {ONE_FOR_ALL}. Reschedule or cancel that one, or say `additional: true`."
    )


def _never_ending(command: ScheduleWebinar | RescheduleWebinar) -> Refused | None:
    starts_at, ends_at = _moments(command.model_dump())
    return None if ends_at > starts_at else invalid("/ends_at", "A webinar ends after it starts.")


def _moments(times: Mapping[str, Any]) -> tuple[str, str]:
    return read_instant(times["starts_at"]), read_instant(times["ends_at"])
