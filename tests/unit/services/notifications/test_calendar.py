"""The webinar in a calendar: written by one library, read back by it and by another, and right in any order."""

from itertools import permutations
from typing import Any

import ics
import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from services.notifications.calendar import Mailed, calendar_of
from services.notifications.plans import Plan, plan_of
from tests.facts_made import Plain, fact, placed, retraction, union
from tests.worlds import searched

EARLY = {"starts_at": "2026-03-02T09:00:00+01:00", "ends_at": "2026-03-02T10:00:00+01:00"}
LATE = {"starts_at": "2026-04-02T09:00:00+02:00", "ends_at": "2026-04-02T10:00:00+02:00"}
SCHEDULED = fact("WebinarScheduled", 1)
MOVED = fact("WebinarRescheduled", 2, sequence=1, **EARLY)
MOVED_AGAIN = fact("WebinarRescheduled", 3, sequence=2, **LATE)
CANCELLED = fact("WebinarCancelled", 4, sequence=3)
MAILED = Mailed("aftaler@vejle.example", "Vejle Kommune", "klarmeld@kommunerne.example")


def plan(*told: Plain) -> Plan:
    found = plan_of(union(placed(told)), rollout="efaktura-8b", webinar_id="W-1")
    assert found
    return found


def written(*told: Plain, mailed: Mailed | None = None) -> bytes:
    return calendar_of(plan(*told), mailed=mailed)


def read(content: bytes) -> Any:
    """Return calendar and event, as the library that wrote them reads them."""
    calendar = Calendar.from_ical(content)
    [event] = calendar.events
    return calendar, event


def read_by_another(content: bytes) -> tuple[ics.Calendar, ics.Event]:
    calendar = ics.Calendar(content.decode())
    [event] = calendar.events
    return calendar, event


def test_a_webinar_is_an_event_of_its_times_in_utc():
    content = written(SCHEDULED)
    _, event = read_by_another(content)
    assert (event.begin.isoformat(), event.end.isoformat()) == (
        "2026-03-01T08:00:00+00:00",
        "2026-03-01T09:00:00+00:00",
    )
    assert {b"DTSTART:20260301T080000Z", b"DTEND:20260301T090000Z"} <= {*content.split(b"\r\n")}
    assert (event.name, event.status, event.url) == ("Webinar", "CONFIRMED", "https://eg.example/webinar")


def test_two_libraries_read_the_same_event():
    content = written(SCHEDULED, MOVED, mailed=MAILED)
    calendar, event = read(content)
    other_calendar, other = read_by_another(content)
    assert (event["UID"], event["SUMMARY"], event["STATUS"]) == (other.uid, other.name, other.status)
    assert (event.start, event.end) == (other.begin.datetime, other.end.datetime)
    assert (event["ORGANIZER"], other.organizer.email) == ("mailto:webinar@eg.example", "webinar@eg.example")
    assert [each.email for each in other.attendees] == ["aftaler@vejle.example"]
    assert calendar["METHOD"] == other_calendar.method == "REQUEST"


@pytest.mark.parametrize("told", [(SCHEDULED,), (SCHEDULED, MOVED), (SCHEDULED, CANCELLED)])
def test_the_method_stands_outside_the_event_alone(told):
    calendar, event = read(written(*told))
    assert "METHOD" in calendar
    assert "METHOD" not in event


def test_a_moved_webinar_is_the_same_event_with_a_higher_sequence():
    first, moved, again = [read(written(*told))[1] for told in (
        (SCHEDULED,), (SCHEDULED, MOVED), (SCHEDULED, MOVED, MOVED_AGAIN))]  # fmt: skip
    assert len({first["UID"], moved["UID"], again["UID"]}) == 1
    assert [each["SEQUENCE"] for each in (first, moved, again)] == [0, 1, 2]
    assert again.start.isoformat() == "2026-04-02T07:00:00+00:00"


def test_a_cancelled_webinar_leaves_the_calendar():
    calendar, event = read(written(SCHEDULED, CANCELLED))
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 3)
    assert (event["UID"], event["DESCRIPTION"]) == (read(written(SCHEDULED))[1]["UID"], "Sygdom")


def test_the_same_facts_are_the_same_bytes_stamped_by_the_newest_of_them():
    content = written(SCHEDULED, MOVED)
    assert content == written(MOVED, SCHEDULED, MOVED)
    assert read(content)[1]["DTSTAMP"].to_ical() == b"20260202T090000Z"


def test_nobody_is_named_but_in_the_mail_to_them():
    assert b"ATTENDEE" not in written(SCHEDULED)
    assert b"mailto:aftaler@vejle.example" in written(SCHEDULED, mailed=MAILED).replace(b"\r\n ", b"")


def test_an_answer_is_not_asked_for_by_mail():
    [attendee] = [read(written(SCHEDULED, mailed=MAILED))[1]["ATTENDEE"]]
    assert (attendee.params["RSVP"], attendee.params["PARTSTAT"]) == ("FALSE", "NEEDS-ACTION")


def test_a_webinar_whose_reschedule_is_retracted_moves_back_with_a_higher_sequence():
    moved, back = plan(SCHEDULED, MOVED), plan(SCHEDULED, MOVED, retraction(MOVED, 5))
    assert (back.starts_at, back.sequence > moved.sequence) == (plan(SCHEDULED).starts_at, True)


def test_a_webinar_that_is_retracted_leaves_the_calendar():
    gone = plan(SCHEDULED, retraction(SCHEDULED, 5))
    assert (gone.cancelled, gone.sequence) == (True, 1)


def test_a_retracted_retraction_brings_the_webinar_back_with_a_higher_sequence():
    gone = retraction(SCHEDULED, 5)
    back = plan(SCHEDULED, gone, retraction(gone, 6))
    assert (back.cancelled, back.sequence) == (False, 2)


def test_nothing_stands_in_a_calendar_before_a_webinar_is_scheduled():
    assert plan_of(union(placed([MOVED])), rollout="efaktura-8b", webinar_id="W-1") is None
    assert plan_of([], rollout="efaktura-8b", webinar_id="W-1") is None


def test_another_webinar_of_the_rollout_changes_nothing():
    other = fact("WebinarRescheduled", 9, webinar_id="W-2", sequence=7, **LATE)
    assert written(SCHEDULED, other) == written(SCHEDULED)


@pytest.mark.parametrize("organizer", ["Anne Hansen", "a@b@c", "webinar@eg.example\r\nATTENDEE:mailto:x@y.example"])
def test_an_organizer_that_is_no_mailbox_is_not_mailed(organizer):
    _, event = read(written(fact("WebinarScheduled", organizer=organizer)))
    assert (event["ORGANIZER"], "ATTENDEE" in event) == ("invalid:nomail", False)


def test_a_mail_says_for_whose_mailbox_it_is_sent():
    _, event = read(written(SCHEDULED, mailed=MAILED))
    assert event["ORGANIZER"] == "mailto:webinar@eg.example"
    assert event["ORGANIZER"].params["SENT-BY"] == "mailto:klarmeld@kommunerne.example"
    assert "SENT-BY" not in read(written(SCHEDULED))[1]["ORGANIZER"].params


def test_a_mail_is_the_senders_own_where_the_organizer_is_no_mailbox():
    _, event = read(written(fact("WebinarScheduled", organizer="Anne Hansen"), mailed=MAILED))
    assert event["ORGANIZER"] == "mailto:klarmeld@kommunerne.example"


def test_a_webinar_that_ends_before_it_starts_has_no_end():
    _, event = read_by_another(written(fact("WebinarScheduled", ends_at="2026-02-01T10:00:00+01:00")))
    assert event.begin == event.end


@searched
@given(title=st.text(max_size=2_000), reason=st.text(max_size=300), cancelled=st.booleans(), name=st.text(max_size=80))
def test_no_title_reason_or_name_becomes_a_property(title, reason, cancelled, name):
    told = plan(SCHEDULED)._replace(title=title, reason=reason, cancelled=cancelled)
    content = calendar_of(told, mailed=MAILED._replace(name=name))
    calendar, event = read(content)
    plain_calendar, plain_event = read(calendar_of(told._replace(title="t", reason="r"), mailed=MAILED))
    assert calendar.keys() == plain_calendar.keys()
    assert plain_event.keys() - event.keys() <= {"DESCRIPTION"}
    assert event.keys() <= plain_event.keys()
    assert event["ATTENDEE"] == "mailto:aftaler@vejle.example"
    assert read_by_another(content)[1].uid == event["UID"]


class Client:
    """A calendar that takes what RFC 5546 (2.1.5) has it take: a higher sequence, or the same with a later stamp."""

    def __init__(self) -> None:
        self.revision: tuple[int, bytes] | None = None
        self.shown: tuple[str, str | None] | None = None

    def take(self, content: bytes) -> None:
        calendar, event = read(content)
        revision = (int(event["SEQUENCE"]), event["DTSTAMP"].to_ical())
        if self.revision is None or revision > self.revision:
            held = calendar["METHOD"] == "REQUEST"
            self.revision = revision
            self.shown = (event["STATUS"], event.start.isoformat() if held else None)


def shown_after(*contents: bytes) -> tuple[str, str | None] | None:
    client = Client()
    for content in contents:
        client.take(content)
    return client.shown


@pytest.mark.parametrize("told", [(SCHEDULED, MOVED, MOVED_AGAIN), (SCHEDULED, MOVED, MOVED_AGAIN, CANCELLED)])
def test_mails_that_arrive_in_any_order_and_twice_end_in_the_right_calendar(told):
    mails = [written(*told[: number + 1], mailed=MAILED) for number in range(len(told))]
    right = shown_after(mails[-1])
    for arrived in permutations(mails):
        assert shown_after(*arrived, *arrived[:2]) == right


#: Times of several kinds, equal ones among them.
_CHANGES = st.lists(
    st.builds(
        lambda name, sequence, day, times, number: fact(
            name, day, named=f"e{number}", sequence=sequence, **(times if name == "WebinarRescheduled" else {})
        ),
        st.sampled_from(("WebinarRescheduled", "WebinarRescheduled", "WebinarCancelled")),
        st.integers(0, 3),
        st.integers(1, 3),
        st.sampled_from((EARLY, LATE)),
        st.integers(0, 99),
    ),
    max_size=5,
    unique_by=lambda each: each["id"],
)


@searched
@given(changes=_CHANGES, data=st.data())
def test_however_facts_and_mails_are_mixed_up_the_calendar_is_that_of_all_facts(changes, data):
    heard = union(placed([SCHEDULED, *changes]))
    arriving = data.draw(st.permutations(heard))
    plans = [plan_of(arriving[: number + 1], rollout="r", webinar_id="W-1") for number in range(len(arriving))]
    mails = [calendar_of(each) for each in plans if each]
    right = plan_of(heard, rollout="r", webinar_id="W-1")
    assert right
    assert shown_after(*data.draw(st.permutations(mails))) == shown_after(calendar_of(right))
