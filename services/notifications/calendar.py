"""A webinar as iCalendar: the same bytes for the same plan, whenever and however often they are made."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from icalendar import Calendar, Event, vCalAddress, vText

from contracts.instants import read_instant
from services.chassis.outward.addresses import read_address
from services.notifications.plans import Plan
from services.notifications.said import one_line, web_address

MEDIA_TYPE = "text/calendar"
#: RFC 5545 wants an organizer; a mailbox that is none is told as Outlook does.
NO_MAILBOX = "invalid:nomail"


class Method(StrEnum):
    """What a calendar is to do with the event (RFC 5546)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


class Mailed(NamedTuple):
    """Whom a mail invites, with the name of the municipality, and whose mail it is."""

    address: str
    name: str
    sender: str


def method_of(plan: Plan) -> Method:
    """Return whether the webinar is to stand in a calendar or to leave it."""
    return Method.CANCEL if plan.cancelled else Method.REQUEST


def calendar_of(plan: Plan, *, mailed: Mailed | None = None) -> bytes:
    """Return the webinar as `text/calendar`; it names whom it is mailed to, and nobody in a file for everybody."""
    calendar = Calendar()
    calendar.add("prodid", "-//klarmeld//webinar//DA")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method_of(plan))
    calendar.add_component(_event(plan, mailed))
    return bytes(calendar.to_ical())


def uid_of(rollout: str, webinar_id: str) -> str:
    """Return what a webinar is called in every calendar, for good; neither part holds a slash."""
    return f"{rollout}/{webinar_id}@klarmeld"


def _event(plan: Plan, mailed: Mailed | None) -> Event:
    event = Event()
    event.add("uid", uid_of(plan.rollout, plan.webinar_id))
    event.add("sequence", plan.sequence)
    event.add("dtstamp", _utc(plan.stamp))
    event.add("dtstart", _utc(plan.starts_at))
    if _utc(plan.ends_at) > _utc(plan.starts_at):  # else RFC 5545 has it end when it starts
        event.add("dtend", _utc(plan.ends_at))
    event.add("summary", one_line(plan.title))
    event.add("status", "CANCELLED" if plan.cancelled else "CONFIRMED")
    event.add("organizer", _organizer(plan.organizer, mailed))
    for name, value in _place(plan).items():
        event.add(name, value)
    if mailed:
        event.add("attendee", _attendee(mailed), encode=False)
    return event


def _place(plan: Plan) -> dict[str, str]:
    """Return where it is held, or why it is not."""
    join_url = web_address(plan.join_url)
    if plan.cancelled:
        return {"description": one_line(plan.reason)} if plan.reason else {}
    return {"location": join_url, "url": join_url, "description": join_url} if join_url else {}


def _organizer(text: str, mailed: Mailed | None) -> vCalAddress:
    """Return whose webinar it is; a mail of somebody else says that it is sent for them (RFC 5545, SENT-BY)."""
    try:
        organizer = vCalAddress(f"mailto:{read_address(text.strip())}")
    except ValueError:
        return vCalAddress(f"mailto:{mailed.sender}" if mailed else NO_MAILBOX)
    if mailed and organizer != f"mailto:{mailed.sender}":
        organizer.params["SENT-BY"] = vText(f"mailto:{mailed.sender}")
    return organizer


def _attendee(mailed: Mailed) -> vCalAddress:
    """Return who is invited; an answer goes by link, since nobody reads those that calendars mail to the organizer."""
    address = vCalAddress(f"mailto:{mailed.address}")
    address.params["CN"] = vText(one_line(mailed.name))
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("NEEDS-ACTION")
    address.params["RSVP"] = vText("FALSE")
    return address


def _utc(moment: str) -> datetime:
    return datetime.fromisoformat(read_instant(moment)).replace(microsecond=0)
