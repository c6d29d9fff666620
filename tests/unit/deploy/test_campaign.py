"""The campaign: its events are facts, and its outcomes are what the rules make of them whatever their order."""

from collections.abc import Sequence
from random import Random

import pytest

from contracts.access import UserRole
from contracts.codec import KafkaRecord, Message, encode, read
from contracts.facts import Fact, Heard, fact_key
from contracts.instants import to_milliseconds
from contracts.municipalities import MUNICIPALITIES
from contracts.progress import derive
from contracts.rollup import rollup
from contracts.settle import settle
from deploy.campaign.arrival import arrivals
from deploy.campaign.contacts import contacts
from deploy.campaign.outcome import differences
from deploy.campaign.producer import reported, spoken
from deploy.campaign.said import FROM_ELSEWHERE, is_sent_with_all
from deploy.campaign.script import TOTAL, acts, events, roster
from deploy.campaign.stories import STORIES, Story
from deploy.campaign.teller import ROLLOUT
from deploy.campaign.verdict import verdict

RECORDED = to_milliseconds("2026-11-01T00:00:00.000000Z")


def as_record(number: int, message: Message) -> KafkaRecord:
    return KafkaRecord(message.topic, 0, number, RECORDED, message.key, message.value, message.headers)


def as_heard(messages: Sequence[Message]) -> list[Heard]:
    heard = [read(as_record(number, message)) for number, message in enumerate(messages)]
    assert all(isinstance(each, Heard) for each in heard)
    return [each for each in heard if isinstance(each, Heard)]


def facts_about(heard: Sequence[Heard], municipality: str | None) -> list[Fact]:
    """Return each fact once, as a projection holds it."""
    return list({fact_key(each.fact): each.fact for each in heard if each.municipality == municipality}.values())


def told_in_order() -> list[Heard]:
    return as_heard([encode(event) for event in events()])


def told_as_played() -> list[Heard]:
    return as_heard([message for act in acts() for message in arrivals(act.events)])


def shuffled(seed: int) -> list[Heard]:
    heard = told_as_played()
    Random(seed).shuffle(heard)
    return heard


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.code)
@pytest.mark.parametrize(
    "order",
    [told_in_order, told_as_played, lambda: shuffled(1), lambda: shuffled(2)],
    ids=["in order", "as played", "shuffled", "shuffled otherwise"],
)
def test_each_municipality_ends_as_its_story_says_in_any_order(story: Story, order):
    heard = order()

    progress = derive(facts_about(heard, story.code), facts_about(heard, None))

    assert list(differences(story.code, "tasks", story.outcome, progress)) == []


def test_the_municipalities_add_up_to_the_expected_goal_and_result():
    heard = told_as_played()
    whole = facts_about(heard, None)
    shown = {code: derive(facts_about(heard, code), whole) for code in MUNICIPALITIES}

    total = rollup(settle(whole), shown)

    views = {(service, code): progress for code, progress in shown.items() for service in ("agreements", "tasks")}
    assert verdict(("agreements", "tasks"), views, total) == []


def test_another_outcome_is_told_apart():
    heard = told_in_order()
    story = STORIES[0]
    without_signature = [each for each in facts_about(heard, story.code) if "Signed" not in each.type]

    found = list(differences(story.code, "tasks", story.outcome, derive(without_signature, facts_about(heard, None))))

    assert {each.what for each in found} == {"stage", "agreement", "action"}


def test_a_track_that_a_service_has_to_show_is_missed():
    heard = told_in_order()
    story = STORIES[0]
    progress = derive(facts_about(heard, story.code), facts_about(heard, None))
    del progress["tracks"]["forwarding"]

    assert [each.what for each in differences(story.code, "agreements", story.outcome, progress)] == ["forwarding"]


def test_a_municipality_that_a_service_does_not_know_is_a_difference():
    found = verdict(("tasks",), {}, {})

    assert {each.municipality for each in found} == {*roster(), ROLLOUT}


def test_playing_again_tells_the_same_facts():
    first, second = ({fact_key(each.fact) for each in told_as_played()} for _ in range(2))

    assert first == second


def test_some_events_are_told_twice_and_stay_one_fact():
    heard = told_as_played()

    assert len(heard) > len({fact_key(each.fact) for each in heard}) == len(list(events()))


def test_one_signature_reaches_the_log_before_its_agreement():
    about = [each.fact.name for each in told_as_played() if each.fact.subject == "AFT-8B-0756-2"]

    assert about.index("AgreementSigned") < about.index("AgreementSent")


def test_each_event_is_said_by_command_or_reaches_the_log_from_outside_or_goes_out_with_all():
    for act in acts():
        to_all, own = spoken(act)
        keys = [each.key for each in (*to_all, *own)] + [each.id for each in reported(act)]
        keys += [each.id for each in act.events if is_sent_with_all(each)]

        assert sorted(keys) == sorted(each.id for each in act.events)


def test_a_municipality_speaks_with_its_own_token_and_the_others_with_none_of_a_municipality():
    every = [each for act in acts() for each in (*spoken(act)[0], *spoken(act)[1])]

    assert {each.role for each in every} == {UserRole.ACT, UserRole.EG, UserRole.COORDINATOR}
    assert all((each.municipality is not None) == (each.role is UserRole.ACT) for each in every)


def test_only_what_klarmeld_refuses_comes_from_elsewhere():
    outside = {type(each.data).__name__ for act in acts() for each in reported(act)}
    by_command = {each.path.rsplit("/", 1)[-1] for act in acts() for part in spoken(act) for each in part}

    assert {"orientations", "completion", "signature", "forwarding", "response", "acknowledgement"} <= by_command
    assert {each.id for each in events() if each.id in FROM_ELSEWHERE} == FROM_ELSEWHERE
    assert {"StakeholderOriented", "TaskAssigned", "LocalItemAdded", "AgreementDeclined"}.isdisjoint(outside)


def test_every_municipality_of_the_sample_has_a_story():
    assert tuple(story.code for story in STORIES) == roster()


def test_no_two_events_share_an_id():
    ids = [event.id for event in events()]

    assert len(ids) == len(set(ids))


def test_the_stages_of_the_total_are_those_of_the_stories():
    stages = [story.outcome.stage for story in STORIES]

    assert {stage: stages.count(stage) for stage in stages} == TOTAL.stages


def test_each_municipality_names_its_own_contacts_and_none_could_be_anybodys():
    named = list(contacts())

    assert {each.municipality for each in named} == {story.code for story in STORIES}
    for each in named:
        assert each.path.startswith(f"/v1/municipalities/{each.municipality}/contacts/")
        assert each.body is not None
        assert each.body["address"].endswith(".example")
