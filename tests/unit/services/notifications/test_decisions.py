"""Commands on guidance and webinar: given what stands on the log, when a command comes, then an event or a refusal."""

import json

import pytest
from pydantic import ValidationError

from contracts.events import (
    GuidanceAcknowledged,
    Partstat,
    WebinarCancelled,
    WebinarRecordingPublished,
    WebinarRescheduled,
    WebinarResponded,
)
from contracts.examples import EXAMPLES, example, with_data
from contracts.examples.world import GUIDANCE, WEBINAR
from contracts.names import EventName
from contracts.refusals import FieldError
from contracts.roles import Role
from services.chassis.doors.decision import Refused, Why
from services.notifications import decisions
from services.notifications.commands import (
    Acknowledge,
    CancelWebinar,
    PublishGuidance,
    PublishRecording,
    RescheduleWebinar,
    Respond,
    ScheduleWebinar,
)
from tests.situations import given

PUBLISHED = EXAMPLES[EventName.GuidancePublished]
SCHEDULED = EXAMPLES[EventName.WebinarScheduled]
RESCHEDULED = EXAMPLES[EventName.WebinarRescheduled]
CANCELLED = EXAMPLES[EventName.WebinarCancelled]
INVITED = EXAMPLES[EventName.WebinarInvited]
RECORDED = EXAMPLES[EventName.WebinarRecordingPublished]

RESPOND = Respond(partstat="accepted", by_role="systemansvarlig_bogfoering")
ANOTHER_TIME = RescheduleWebinar(starts_at="2026-03-20T10:00:00+01:00", ends_at="2026-03-20T11:00:00+01:00")


def second_version():
    return example(EventName.GuidancePublished, id="8b-v2", data=with_data(EventName.GuidancePublished, version=2).data)


def guidance(**changes) -> PublishGuidance:
    said = json.loads(PUBLISHED.data.model_dump_json(exclude={"version"}))
    return PublishGuidance.model_validate(said | changes)


def acknowledge(version: int) -> Acknowledge:
    return Acknowledge(version=version, by_role="systemansvarlig_bogfoering")


def webinar(**changes) -> ScheduleWebinar:
    said = json.loads(SCHEDULED.data.model_dump_json(exclude={"sequence"}))
    return ScheduleWebinar.model_validate(said | changes)


def assert_conflict(decision, *words: str) -> None:
    assert isinstance(decision, Refused)
    assert decision.why is Why.CONFLICT
    for word in words:
        assert word in decision.detail


def test_the_first_guidance_is_version_1():
    assert decisions.publish_guidance(given(), guidance()) == PUBLISHED.data


def test_the_version_rises_by_itself():
    changed = guidance(sha256="a" * 64)
    assert decisions.publish_guidance(given(PUBLISHED), changed).version == 2


def test_a_version_may_be_given():
    assert decisions.publish_guidance(given(PUBLISHED), guidance(version=7)).version == 7


def test_another_guidance_counts_its_own_versions():
    assert decisions.publish_guidance(given(PUBLISHED), guidance(guidance_id="faq")).version == 1


@pytest.mark.parametrize("version", [None, 1])
def test_the_same_guidance_again_is_the_fact_that_says_so_already(version):
    assert decisions.publish_guidance(given(PUBLISHED), guidance(version=version)).id == PUBLISHED.id


def test_a_version_takes_no_other_content():
    refused = decisions.publish_guidance(given(PUBLISHED), guidance(version=1, title="En anden"))
    assert_conflict(refused, "Version 1", "2026-02-20T08:00:00Z")


def test_a_version_below_the_newest_is_refused():
    refused = decisions.publish_guidance(given(PUBLISHED, second_version()), guidance(version=0))
    assert_conflict(refused, "Version 2 of vejledning-8b")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("guidance_id", "a b"),
        ("version", -1),
        ("version", "1"),
        ("version", True),
        ("title", " "),
        ("url", "ftp://eg.example/x"),
        ("url", "https://"),
        ("sha256", "A" * 64),
    ],
)
def test_a_field_of_a_guidance_keeps_its_bounds(field, value):
    with pytest.raises(ValidationError, match=field):
        guidance(**{field: value})


def test_the_newest_version_is_acknowledged():
    acknowledged = decisions.acknowledge(given(PUBLISHED), acknowledge(1), guidance=GUIDANCE)
    assert acknowledged == GuidanceAcknowledged(
        guidance_id=GUIDANCE, version=1, by_role=Role.SYSTEMANSVARLIG_BOGFOERING
    )


@pytest.mark.parametrize("version", [1, 3])
def test_another_version_than_the_newest_is_not_acknowledged(version):
    refused = decisions.acknowledge(given(PUBLISHED, second_version()), acknowledge(version), guidance=GUIDANCE)
    assert_conflict(refused, "newest version of vejledning-8b is 2")


def test_a_guidance_that_was_never_published_is_unknown():
    assert decisions.acknowledge(given(PUBLISHED), acknowledge(1), guidance="faq").why is Why.UNKNOWN


def test_a_webinar_is_scheduled():
    assert decisions.schedule(given(), webinar()) == SCHEDULED.data


def test_a_webinar_without_an_id_gets_the_next_free_one():
    first = with_data(EventName.WebinarScheduled, webinar_id="webinar-1")
    assert decisions.schedule(given(), webinar(webinar_id=None)).webinar_id == "webinar-1"
    assert (
        decisions.schedule(given(first), webinar(webinar_id=None, title="B", additional=True)).webinar_id == "webinar-2"
    )


def test_there_is_one_webinar_for_all():
    refused = decisions.schedule(given(SCHEDULED), webinar(webinar_id="webinar-2"))
    assert_conflict(refused, WEBINAR, "2026-03-10T09:00:00Z", "»indkalde til et webinar, hvor alle informeres samlet«")


def test_a_rescheduled_webinar_is_planned_for_its_new_time():
    refused = decisions.schedule(given(SCHEDULED, RESCHEDULED), webinar(webinar_id="webinar-2"))
    assert_conflict(refused, "2026-03-12T09:00:00Z")


def test_an_additional_webinar_is_scheduled_where_that_is_said():
    scheduled = decisions.schedule(given(SCHEDULED), webinar(webinar_id="webinar-2", additional=True))
    assert scheduled.webinar_id == "webinar-2"


def test_after_a_cancellation_another_webinar_is_scheduled():
    scheduled = decisions.schedule(given(SCHEDULED, CANCELLED), webinar(webinar_id="webinar-2"))
    assert scheduled.webinar_id == "webinar-2"


@pytest.mark.parametrize("webinar_id", [WEBINAR, None])
def test_the_same_webinar_again_is_the_fact_that_says_so_already(webinar_id):
    assert decisions.schedule(given(SCHEDULED), webinar(webinar_id=webinar_id)).id == SCHEDULED.id


def test_an_id_in_use_takes_no_other_webinar():
    refused = decisions.schedule(given(SCHEDULED), webinar(title="Et andet", additional=True))
    assert_conflict(refused, "webinar-8b has been scheduled since 2026-02-20T09:00:00Z")


def test_a_cancelled_webinar_is_not_scheduled_again_under_its_id():
    assert_conflict(decisions.schedule(given(SCHEDULED, CANCELLED), webinar()), "cancelled since 2026-03-05T09:00:00Z")


@pytest.mark.parametrize("ends_at", ["2026-03-10T10:00:00+01:00", "2026-03-10T09:30:00+01:00"])
def test_a_webinar_ends_after_it_starts(ends_at):
    expected = (FieldError("/ends_at", "A webinar ends after it starts."),)
    assert decisions.schedule(given(), webinar(ends_at=ends_at)).errors == expected
    moved = RescheduleWebinar(starts_at="2026-03-10T10:00:00+01:00", ends_at=ends_at)
    assert decisions.reschedule(given(SCHEDULED), moved, webinar=WEBINAR).errors == expected


def test_times_are_compared_whatever_their_offsets():
    over_in_utc = webinar(starts_at="2026-03-10T10:00:00+01:00", ends_at="2026-03-10T09:30:00Z")
    assert not isinstance(decisions.schedule(given(), over_in_utc), Refused)


def test_a_webinar_is_rescheduled_with_the_next_sequence():
    moved = decisions.reschedule(given(SCHEDULED, RESCHEDULED), ANOTHER_TIME, webinar=WEBINAR)
    assert moved == WebinarRescheduled(
        webinar_id=WEBINAR, sequence=2, starts_at=ANOTHER_TIME.starts_at, ends_at=ANOTHER_TIME.ends_at
    )


def test_the_time_that_a_webinar_has_already_is_no_other():
    same = RescheduleWebinar(starts_at="2026-03-12T09:00:00Z", ends_at="2026-03-12T10:00:00Z")
    assert decisions.reschedule(given(SCHEDULED, RESCHEDULED), same, webinar=WEBINAR).id == RESCHEDULED.id


def test_a_webinar_is_cancelled_with_the_next_sequence():
    cancelled = decisions.cancel(given(SCHEDULED, RESCHEDULED), CancelWebinar(reason="Sygdom"), webinar=WEBINAR)
    assert cancelled == WebinarCancelled(webinar_id=WEBINAR, sequence=2, reason="Sygdom")


def test_a_recording_is_published():
    recorded = decisions.publish_recording(
        given(SCHEDULED), PublishRecording(url="https://eg.example/optagelse"), webinar=WEBINAR
    )
    assert recorded == WebinarRecordingPublished(webinar_id=WEBINAR, url="https://eg.example/optagelse")


def test_the_same_recording_again_is_the_fact_that_says_so_already():
    again = PublishRecording(url=RECORDED.data.url)
    assert decisions.publish_recording(given(SCHEDULED, RECORDED), again, webinar=WEBINAR).id == RECORDED.id


def test_a_municipality_answers():
    answered = decisions.respond(given(SCHEDULED, INVITED), RESPOND, webinar=WEBINAR)
    assert answered == WebinarResponded(
        webinar_id=WEBINAR, partstat=Partstat.ACCEPTED, by_role=Role.SYSTEMANSVARLIG_BOGFOERING
    )


def test_the_answer_that_stands_already_is_not_given_again_by_a_link():
    answered = decisions.respond(given(SCHEDULED, INVITED), RESPOND, webinar=WEBINAR)
    stands = with_data(EventName.WebinarResponded, partstat=RESPOND.partstat, by_role=RESPOND.by_role)

    assert decisions.respond_once(given(SCHEDULED, INVITED), RESPOND, webinar=WEBINAR) == answered
    assert decisions.respond_once(given(SCHEDULED, INVITED, stands), RESPOND, webinar=WEBINAR).id == stands.id


def test_a_link_to_a_cancelled_webinar_is_refused_like_any_answer():
    refused = decisions.respond_once(given(SCHEDULED, CANCELLED), RESPOND, webinar=WEBINAR)
    assert refused.why is Why.CONFLICT


def test_an_invitation_can_be_answered_before_its_webinar_is_known():
    assert isinstance(decisions.respond(given(INVITED), RESPOND, webinar=WEBINAR), WebinarResponded)


ABOUT_ONE_WEBINAR = {
    "reschedule": lambda before, webinar: decisions.reschedule(before, ANOTHER_TIME, webinar=webinar),
    "cancel": lambda before, webinar: decisions.cancel(before, CancelWebinar(reason="Sygdom"), webinar=webinar),
    "recording": lambda before, webinar: decisions.publish_recording(
        before, PublishRecording(url="https://eg.example/o"), webinar=webinar
    ),
    "response": lambda before, webinar: decisions.respond(before, RESPOND, webinar=webinar),
}


@pytest.mark.parametrize("decide", ABOUT_ONE_WEBINAR.values(), ids=ABOUT_ONE_WEBINAR)
def test_a_webinar_that_was_never_scheduled_is_unknown(decide):
    assert decide(given(SCHEDULED), "webinar-9").why is Why.UNKNOWN


@pytest.mark.parametrize("decide", ABOUT_ONE_WEBINAR.values(), ids=ABOUT_ONE_WEBINAR)
def test_a_cancelled_webinar_takes_nothing_more(decide):
    refused = decide(given(SCHEDULED, CANCELLED), WEBINAR)
    assert_conflict(refused, "cancelled at 2026-03-05T09:00:00Z", "»Oplægsholderen er syg«")


def test_a_sequence_that_can_rise_no_further_is_refused_by_its_field():
    last = with_data(EventName.WebinarRescheduled, sequence=2**31 - 1)
    with pytest.raises(ValidationError, match="sequence"):
        decisions.cancel(given(SCHEDULED, last), CancelWebinar(reason="Sygdom"), webinar=WEBINAR)
