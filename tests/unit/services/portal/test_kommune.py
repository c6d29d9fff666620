"""Kommunens side without a browser: which state has which texts, whose turn it is, and what a fact says."""

from typing import get_args

import pytest

from contracts.examples import EXAMPLES
from contracts.names import EventName, event_type
from contracts.tracks.turn import PRIMARY
from services.chassis.queries import view_shape
from services.portal.catalogue import Language, has_text
from services.portal.kommune import states, steps, timeline
from services.portal.kommune.page import states_of
from services.portal.kommune.shown import ROLES
from services.portal.kommune.tones import Tone, most_urgent, tone_of
from services.portal.kommune.turn import LINKS, TRACKS, others, panel
from services.portal.kommune.versions import RESTS_ON, version_of
from services.portal.said import Day, Said
from services.portal.wording import say
from tests.situations import given

AT = "2026-11-18T12:27:00Z"
CODE = "0630"


def progress_after(*names):
    return given(*(EXAMPLES[name] for name in names)).progress


def possible(model, field):
    return get_args(model.model_fields[field].annotation)


def agreement(state="sent", **more):
    known = {"agreement_id": "A", "reason": "x", "sign_by": None, "sent": AT, "superseded": False}
    usual = {"state": state, "since": AT, "agreement_id": "A", "mismatched": [], "details_pending": False}
    return usual | {"turn_since": AT, "agreements": [known]} | more


def information(guidance="none", webinar="none"):
    published = {"version": 1, "published": AT, "acknowledged": AT if guidance == "acknowledged" else None}
    held = {"webinar_id": "W", "starts_at": AT, "reason": "x", "attendees": 2, "moved_from": None, "recording": None}
    return {
        "guidance": guidance, "guidance_since": AT, "guidances": [published] if guidance != "none" else [],
        "webinar": webinar, "webinar_since": AT, "webinar_id": "W", "webinars": [held] if webinar != "none" else [],
    }  # fmt: skip


def forwarding(state):
    return {"state": state, "since": AT, "eans": {"5798009811578": state}, "failure": {"ean": "1", "code": "E"}}


ALL_STATES = [
    *(states.agreement(agreement(state)) for state in possible(view_shape.AgreementTrack, "state")),
    states.agreement(agreement(mismatched=["f"])),
    states.agreement(agreement("signed", details_pending=True)),
    *(states.guidance(information(state)) for state in possible(view_shape.InformationTrack, "guidance")),
    *(states.webinar(information(webinar=state)) for state in possible(view_shape.InformationTrack, "webinar")),
    *(states.forwarding(forwarding(state), information()) for state in possible(view_shape.ForwardingTrack, "state")),
    states.forwarding(forwarding("none"), information("published")),
]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("state", ALL_STATES, ids=lambda state: state.key)
def test_every_state_has_a_title_a_text_and_a_next_step(state, language):
    for part in (state.title, state.text, state.next):
        assert "{" not in say(language, part)


@pytest.mark.parametrize(
    ("state", "key"),
    [
        (states.agreement(agreement("viewed")), "agreement.viewed"),
        (states.agreement(agreement("viewed", mismatched=["f"])), "agreement.hash_mismatch"),
        (states.agreement(agreement("signed", details_pending=True)), "agreement.details_pending"),
        (states.forwarding(forwarding("none"), information()), "forwarding.none_no_guidance"),
        (states.forwarding(forwarding("none"), information("published")), "forwarding.none"),
    ],
)
def test_what_stands_beside_a_state_chooses_its_texts(state, key):
    assert state.key == key


@pytest.mark.parametrize(
    ("names", "key"),
    [
        ((EventName.MunicipalityEnrolled,), "orientation.none"),
        ((EventName.MunicipalityEnrolled, EventName.StakeholderOriented), "orientation.partial"),
    ],
)
def test_the_orientation_names_who_is_missing(names, key):
    assert states.orientation(progress_after(*names)["tracks"]["orientation"]).key.startswith(key)


def test_a_signature_on_another_document_waits_for_eg_and_not_for_the_municipality():
    assert states.agreement(agreement("viewed", mismatched=["f"])).who == states.EG


def test_an_expired_agreement_names_its_deadline():
    known = agreement("expired")
    known["agreements"][0]["sign_by"] = "2026-12-04"
    assert "4. december 2026" in say(Language.DANISH, states.agreement(known).text)


# Whose turn


def progress_with(stage, actor, action, role=None):
    progress = progress_after(EventName.MunicipalityEnrolled)
    primary = {"actor": actor, "action": action, "role": role, "since": AT, "because": []}
    return progress | {"stage": stage, "turn": {"primary": primary, "others": []}}


@pytest.mark.parametrize(
    ("stage", "actor", "action", "kind"),
    [
        ("to_orient", "municipality", "orient_roles", "yours"),
        ("awaiting_eg", "eg", "await_eg", "await"),
        ("to_sign", "municipality", "sign_agreement", "yours"),
        ("to_sign", "eg", "clarify_signature", "eg"),
        ("blocked", "eg", "renew_agreement", "eg"),
        ("blocked", "municipality", "check_ean_setup", "yours"),
        ("to_configure", "municipality", "set_up_forwarding", "yours"),
        ("to_verify", "eg", "await_first_invoice", "first"),
        ("receiving", "nobody", "none", "done"),
        ("not_applicable", "nobody", "none", "na"),
    ],
)
def test_the_panel_follows_the_primary_action(stage, actor, action, kind):
    progress = progress_with(stage, actor, action)
    found = panel(progress, states_of(progress))
    assert found.kind == kind
    assert has_text(f"turn.{kind}.title")
    assert say(Language.ENGLISH, found.text)


def test_every_primary_action_has_a_track_or_a_panel_of_its_own():
    actions = {action for choices in PRIMARY.values() for action in choices}
    assert actions == {*TRACKS, "await_eg", "await_first_invoice"}


def test_the_deadline_is_the_agreements_and_never_invented():
    progress = progress_with("to_sign", "municipality", "sign_agreement", "aftaleadministrator")
    assert panel(progress, states_of(progress)).deadline is None


def test_whatever_the_municipality_may_do_beside_it_is_a_link():
    assert set(possible(view_shape.Action, "action")) - set(LINKS) == {
        "await_eg", "clarify_signature", "renew_agreement", "await_first_invoice", "none",
    }  # fmt: skip


def test_who_is_outside_the_rollout_is_offered_nothing():
    assert others(progress_with("not_applicable", "nobody", "none"), CODE) == ()


# Steps, tones, roles


@pytest.mark.parametrize(
    "drawn",
    [
        *(steps.agreement({"state": state}) for state in possible(view_shape.AgreementTrack, "state")),
        *(steps.guidance({"guidance": state}) for state in possible(view_shape.InformationTrack, "guidance")),
        *(steps.webinar({"webinar": state}) for state in possible(view_shape.InformationTrack, "webinar")),
        *(steps.forwarding({"state": state}) for state in possible(view_shape.ForwardingTrack, "state")),
    ],
)
def test_a_line_of_steps_stands_at_one_step_or_is_done(drawn):
    assert all(has_text(step.key) for step in drawn)
    assert sum(step.current for step in drawn) == (0 if all(step.done for step in drawn) else 1)


def test_an_edge_has_the_colour_of_the_most_urgent_state():
    assert most_urgent([Tone.OK, Tone.ACTION, Tone.MOVING]) is Tone.ACTION
    assert tone_of("agreement.bounced") is Tone.PROBLEM
    assert tone_of("task.reopened") is Tone.ACTION


def test_every_role_is_shown():
    assert len(set(ROLES)) == len(ROLES) == 6


# The history


@pytest.mark.parametrize("name", EventName)
@pytest.mark.parametrize("language", Language)
def test_every_event_is_a_sentence(name, language):
    data = EXAMPLES[name].data.model_dump(mode="json") if name in EXAMPLES else {}
    assert "{" not in say(language, timeline.sentence(event_type(name), data))


def test_an_event_that_this_portal_does_not_know_is_named():
    assert "Something" in say(Language.DANISH, timeline.sentence("dk.klarmeld.Something.v1", {}))


def test_what_comes_in_from_outside_is_text_and_no_markup():
    shown = say(Language.DANISH, Said("event.LocalItemAdded", {"text": "<script>{date}</script>"}))
    assert "<script>" not in shown
    assert "{date}" in shown


@pytest.mark.parametrize(
    ("reason", "words"), [("no_contact", "ingen adresse"), ("paused", "på pause"), ("x<y", "x&lt;y")]
)
def test_why_a_message_was_not_sent_is_said_in_words_where_there_are_any(reason, words):
    told = timeline.sentence(event_type(EventName.NotificationSuppressed), {"role": "erp_dialog", "reason": reason})
    assert words in say(Language.DANISH, told)


@pytest.mark.parametrize("name", EventName)
def test_a_message_that_failed_is_no_routine_and_one_that_was_sent_is(name):
    routine = name in {EventName.NotificationSent, EventName.NotificationSuppressed}
    assert timeline.is_routine({"type": event_type(name)}) is routine


def line(**differing):
    usual = {
        "id": "f", "type": event_type(EventName.AgreementViewed), "source": "/eg/aftaler", "time": AT,
        "recorded": AT, "counts": True, "data": {},
    }  # fmt: skip
    [found] = timeline.lines([usual | differing], [{"code": "rival", "facts": ["f"]}])
    return found


def test_a_fact_that_came_more_than_an_hour_later_says_so():
    assert "2 dage" in say(Language.DANISH, line(recorded="2026-11-20T13:00:00Z").late)


def test_a_fact_that_came_within_the_hour_says_nothing_of_it():
    assert line(recorded="2026-11-18T13:27:00Z").late is None


def test_what_is_odd_about_a_fact_stands_beside_it():
    assert list(line().odd) == ["anomaly.rival"]


def test_a_day_is_marked_for_machines():
    assert '<time datetime="2026-11-18T12:27:00Z">18. november 2026</time>' in say(
        Language.DANISH, Said("agreement.sent.text", {"date": Day(AT)})
    )


# Versions


@pytest.mark.parametrize("part", RESTS_ON)
def test_a_version_stays_while_what_it_rests_on_does(part):
    names = (EventName.MunicipalityEnrolled, EventName.StakeholderOriented)
    assert version_of(progress_after(*names), part) == version_of(progress_after(*reversed(names)), part)


def test_a_signature_makes_another_version_of_the_agreement_and_not_of_the_local_items():
    before = progress_after(EventName.MunicipalityEnrolled, EventName.AgreementSent)
    after = progress_after(EventName.MunicipalityEnrolled, EventName.AgreementSent, EventName.AgreementSigned)
    assert version_of(before, "agreement") != version_of(after, "agreement")
    assert version_of(before, "local_items") == version_of(after, "local_items")
