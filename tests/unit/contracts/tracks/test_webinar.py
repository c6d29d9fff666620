"""The webinar: planned for all, and how one municipality stands to it."""

import pytest

from tests.facts_made import fact, retraction
from tests.unit.contracts.tracks.told import day, track

SCHEDULED = fact("WebinarScheduled", 2, named="scheduled")
MOVED = fact("WebinarRescheduled", 6, named="moved", starts_at="2026-03-09T09:00:00Z", ends_at="2026-03-09T10:00:00Z")
CANCELLED = fact("WebinarCancelled", 7, named="cancelled", sequence=2)
INVITED = fact("WebinarInvited", 3, named="invited")
ACCEPTED = fact("WebinarResponded", 4, named="accepted")
ATTENDED = fact("WebinarAttended", 9, named="attended")


def webinar(*own, rollout=(), as_of=None):
    found = track("information", *own, rollout=rollout, as_of=as_of)
    return found["webinar"], found["webinar_since"]


def details(*own, rollout=()):
    return track("information", *own, rollout=rollout)["webinars"][0]


def on_other(name, at, **data):
    return fact(name, at, named=f"{name}-other", webinar_id="W-2", **data)


def test_nothing_known_is_none():
    assert webinar() == ("none", None)


@pytest.mark.parametrize(
    ("own", "state", "since"),
    [
        ([], "scheduled", 2),
        ([INVITED], "invited", 3),
        ([INVITED, ACCEPTED], "accepted", 4),
        ([INVITED, fact("WebinarResponded", 4, partstat="tentative")], "tentative", 4),
        ([INVITED, fact("WebinarResponded", 4, partstat="declined")], "declined", 4),
        ([INVITED, ACCEPTED, ATTENDED], "attended", 9),
    ],
)
def test_the_last_step_is_the_state(own, state, since):
    assert webinar(*own, rollout=[SCHEDULED]) == (state, day(since))


def test_the_latest_response_counts():
    changed = fact("WebinarResponded", 6, partstat="declined")

    assert webinar(changed, INVITED, ACCEPTED, rollout=[SCHEDULED]) == ("declined", day(6))


def test_answered_twice_alike_is_so_since_the_first_time():
    assert webinar(INVITED, ACCEPTED, fact("WebinarResponded", 6), rollout=[SCHEDULED])[1] == day(4)


def test_invited_and_attended_twice_are_so_since_the_first_time():
    assert webinar(INVITED, fact("WebinarInvited", 5, role="erp_dialog"), rollout=[SCHEDULED])[1] == day(3)
    assert webinar(ATTENDED, fact("WebinarAttended", 12), rollout=[SCHEDULED])[1] == day(9)


def test_a_response_needs_no_invitation_and_no_plan():
    assert webinar(ACCEPTED) == ("accepted", day(4))


def test_a_reschedule_takes_neither_invitation_nor_response_away():
    assert webinar(INVITED, ACCEPTED, rollout=[SCHEDULED, MOVED]) == ("accepted", day(4))


def test_cancelled_outranks_invitation_and_response():
    assert webinar(INVITED, ACCEPTED, rollout=[SCHEDULED, CANCELLED]) == ("cancelled", day(7))


def test_attended_outranks_cancelled():
    assert webinar(ATTENDED, rollout=[SCHEDULED, CANCELLED])[0] == "attended"


def test_the_sequence_orders_plans_whatever_their_times():
    moved_again = fact("WebinarRescheduled", 5, sequence=3)

    assert webinar(INVITED, rollout=[SCHEDULED, CANCELLED, moved_again])[0] == "invited"


def test_of_one_sequence_the_later_plan_counts():
    same = fact("WebinarCancelled", 8, sequence=1)

    assert webinar(INVITED, rollout=[same, SCHEDULED, MOVED])[0] == "cancelled"


def test_a_lower_sequence_heard_and_dated_later_changes_nothing():
    late = fact("WebinarRescheduled", 9, sequence=1)

    assert webinar(rollout=[SCHEDULED, CANCELLED, late]) == ("cancelled", day(7))


def test_a_retracted_cancellation_leaves_the_response():
    assert webinar(INVITED, ACCEPTED, rollout=[SCHEDULED, CANCELLED, retraction(CANCELLED)])[0] == "accepted"


def test_a_retracted_response_leaves_the_invitation():
    assert webinar(INVITED, ACCEPTED, retraction(ACCEPTED), rollout=[SCHEDULED]) == ("invited", day(3))


def test_before_it_was_cancelled_it_was_accepted():
    assert webinar(INVITED, ACCEPTED, rollout=[SCHEDULED, CANCELLED], as_of=6)[0] == "accepted"


def test_a_recording_alone_is_no_webinar():
    recording = fact("WebinarRecordingPublished", 9)

    assert webinar(rollout=[recording]) == ("none", None)
    assert track("information", rollout=[recording])["webinars"] == []


# Several webinars


@pytest.mark.parametrize(
    ("further", "behind"),
    [
        ({"name": "WebinarAttended"}, {"name": "WebinarResponded"}),
        ({"name": "WebinarResponded"}, {"name": "WebinarResponded", "partstat": "tentative"}),
        ({"name": "WebinarResponded", "partstat": "tentative"}, {"name": "WebinarResponded", "partstat": "declined"}),
        ({"name": "WebinarResponded", "partstat": "declined"}, {"name": "WebinarInvited"}),
    ],
)
def test_of_several_webinars_the_one_that_got_furthest_counts(further, behind):
    own = [on_other(at=5, **further), fact(day=5, **behind)]

    assert track("information", *own, rollout=[SCHEDULED])["webinar_id"] == "W-2"


def test_a_scheduled_webinar_got_further_than_a_cancelled_one():
    plans = [SCHEDULED, CANCELLED, on_other("WebinarScheduled", 4)]

    assert webinar(INVITED, rollout=plans) == ("scheduled", day(4))


def test_an_invitation_got_further_than_a_plan():
    assert webinar(INVITED, rollout=[SCHEDULED, on_other("WebinarScheduled", 4)])[0] == "invited"


def test_every_webinar_with_an_invitation_is_named():
    found = track("information", INVITED, rollout=[SCHEDULED, on_other("WebinarScheduled", 4)])

    assert found["invited"] == ["W-1"]


# What is shown


def test_time_and_place_come_from_the_plans():
    assert details(INVITED, ACCEPTED, rollout=[SCHEDULED, MOVED]) == {
        "webinar_id": "W-1",
        "state": "accepted",
        "since": day(4),
        "sequence": 1,
        "title": "Webinar",
        "starts_at": "2026-03-09T09:00:00Z",
        "ends_at": "2026-03-09T10:00:00Z",
        "timezone": "Europe/Copenhagen",
        "join_url": "https://eg.example/webinar",
        "organizer": "webinar@eg.example",
        "moved_from": "2026-03-01T09:00:00+01:00",
        "reason": None,
        "invited": ["aftaleadministrator"],
        "response": "accepted",
        "attendees": None,
        "recording": None,
        "recording_published": None,
    }


def test_a_cancellation_gives_its_reason_and_a_new_plan_takes_it_back():
    assert details(rollout=[SCHEDULED, CANCELLED])["reason"] == "Sygdom"
    assert details(rollout=[SCHEDULED, CANCELLED, fact("WebinarRescheduled", 8, sequence=3)])["reason"] is None


def test_a_webinar_that_is_only_known_from_an_invitation_has_no_time_yet():
    found = details(INVITED)

    assert (found["sequence"], found["starts_at"], found["moved_from"]) == (None, None, None)


def test_attendance_and_recording_are_shown():
    recording = fact("WebinarRecordingPublished", 10)
    found = details(ATTENDED, rollout=[SCHEDULED, recording])

    assert (found["attendees"], found["recording"]) == (2, "https://eg.example/optagelse")
    assert found["recording_published"] == day(10)


def test_attendance_that_names_its_webinar_in_the_subject_only_counts():
    attended = fact("WebinarAttended", 9) | {"data": {"attendees": 2}, "subject": "W-1"}

    assert webinar(attended, rollout=[SCHEDULED])[0] == "attended"


def test_fields_that_nobody_has_checked_stay_out_of_the_view():
    moved = fact("WebinarRescheduled", 6, title={"$where": 1}, join_url={"a.b": 1}, reason=5)
    found = details(rollout=[SCHEDULED, moved])

    assert (found["title"], found["join_url"], found["reason"]) == ("Webinar", "https://eg.example/webinar", None)


def test_it_rests_on_plan_and_last_word():
    found = track("information", INVITED, ACCEPTED, rollout=[SCHEDULED, MOVED])

    assert (found["webinar_facts"], found["facts"]) == (["moved", "accepted"], ["moved", "accepted"])
