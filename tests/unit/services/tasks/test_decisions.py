"""Commands on the KLIK task: given what stands on the log, when a command comes, then an event or a refusal."""

import json

import pytest
from pydantic import ValidationError

from contracts.events import (
    LocalItemAdded,
    LocalItemClosed,
    OrientationTopic,
    StakeholderOriented,
    TaskAssigned,
    TaskCompleted,
    TaskReopened,
)
from contracts.examples import EXAMPLES, example, with_data
from contracts.examples.tasks import CARD
from contracts.names import EventName
from contracts.roles import Role
from services.chassis.doors.decision import Refused, Why
from services.tasks import decisions
from services.tasks.commands import AddItem, Assign, Complete, Orient, PublishCard, Reopen
from tests.situations import given

ROLLOUT = "efaktura-8b"
ENROLLED = EXAMPLES[EventName.MunicipalityEnrolled]
WITHDRAWN = EXAMPLES[EventName.MunicipalityWithdrawn]
COMPLETED = EXAMPLES[EventName.TaskCompleted]
REOPENED = EXAMPLES[EventName.TaskReopened]
ASSIGNED = EXAMPLES[EventName.TaskAssigned]
ADDED = EXAMPLES[EventName.LocalItemAdded]
CLOSED = EXAMPLES[EventName.LocalItemClosed]
PUBLISHED = EXAMPLES[EventName.TaskCardPublished]

COMPLETE = Complete(by_role="kp_systemansvarlig", comment="Alle er orienteret")
REOPEN = Reopen(by_role="kp_systemansvarlig", reason="Ny aftaleadministrator")
ASSIGN = Assign(responsible_role="kp_systemansvarlig", performer_role="systemansvarlig_bogfoering")
ORIENT = Orient(role="aftaleadministrator", topics=["plan"])


def oriented(role: Role):
    event = with_data(EventName.StakeholderOriented, role=role)
    return example(EventName.StakeholderOriented, id=f"8b-{role}", data=event.data)


ORIENTED = (oriented(Role.AFTALEADMINISTRATOR), oriented(Role.ERP_DIALOG))


def card(**changes) -> PublishCard:
    return PublishCard.model_validate(json.loads(CARD.model_dump_json()) | changes)


def assert_conflict(decision, *words: str) -> None:
    assert isinstance(decision, Refused)
    assert decision.why is Why.CONFLICT
    for word in words:
        assert word in decision.detail


def test_a_card_is_published_word_for_word():
    assert decisions.publish_card(given(), card(), rollout=ROLLOUT) == CARD


def test_a_text_of_the_card_keeps_its_spaces():
    published = decisions.publish_card(given(), card(goal=" Målet er …\n"), rollout=ROLLOUT)
    assert published.goal == " Målet er …\n"


@pytest.mark.parametrize("field", ["title", "project", "goal", "description", "result", "recommended_responsible"])
def test_a_card_without_one_of_its_texts_is_none(field):
    with pytest.raises(ValidationError, match=field):
        card(**{field: " "})


def test_a_card_without_a_task_id_takes_the_rollouts():
    assert decisions.publish_card(given(), card(task_id=None), rollout="efaktura-9").task_id == "efaktura-9"


def test_a_card_without_a_task_id_keeps_that_of_the_card_before():
    before = with_data(EventName.TaskCardPublished, task_id="KLIK-8b")
    published = decisions.publish_card(given(before), card(task_id=None, goal="Et andet"), rollout=ROLLOUT)
    assert published.task_id == "KLIK-8b"


def test_the_same_card_again_is_the_fact_that_says_so_already():
    assert decisions.publish_card(given(PUBLISHED), card(), rollout=ROLLOUT).id == PUBLISHED.id


def test_an_orientation_is_told():
    told = decisions.orient(given(ENROLLED), Orient(role="erp_dialog", topics=["plan", "plan"], note=" Møde "))
    assert told == StakeholderOriented(role=Role.ERP_DIALOG, topics=(OrientationTopic.PLAN,), note="Møde")


def test_a_blank_note_says_nothing():
    blank = Orient(role="erp_dialog", topics=["plan"], note="  ")
    assert decisions.orient(given(ENROLLED), blank).note is None


def test_a_municipality_outside_the_roster_hears_what_the_card_says():
    assert_conflict(decisions.orient(given(), ORIENT), "roster", "»Denne opgave er særlig for jer", "ØS Indsigt")


def test_a_municipality_that_left_hears_when():
    assert_conflict(decisions.orient(given(ENROLLED, WITHDRAWN), ORIENT), "2026-06-30T08:00:00Z", "ØS Indsigt")


@pytest.mark.parametrize("before", [(), (ENROLLED, WITHDRAWN)], ids=["never enrolled", "withdrawn"])
def test_who_takes_no_part_completes_assigns_and_adds_nothing(before):
    situation = given(*before, *ORIENTED)
    assert_conflict(decisions.complete(situation, COMPLETE, rollout=ROLLOUT), "ØS Indsigt")
    assert_conflict(decisions.assign(situation, ASSIGN, rollout=ROLLOUT), "ØS Indsigt")
    assert_conflict(decisions.add_item(situation, AddItem(text="Kontoplanen")), "ØS Indsigt")


def test_no_refusal_tells_a_municipality_to_contact_the_supplier():
    refused = decisions.orient(given(), ORIENT)
    assert "EG" not in refused.detail.replace("Ejerkredsen og EG som ERP-leverandør", "")


def test_a_task_is_completed_once_the_relevant_are_oriented():
    completed = decisions.complete(given(ENROLLED, *ORIENTED), COMPLETE, rollout=ROLLOUT)
    assert completed == TaskCompleted(task_id=ROLLOUT, by_role=Role.KP_SYSTEMANSVARLIG, comment="Alle er orienteret")


def test_completing_needs_no_agreement_and_no_set_up():
    situation = given(ENROLLED, *ORIENTED)
    assert situation.progress["tracks"]["agreement"]["state"] == "awaiting_eg"
    assert situation.progress["tracks"]["forwarding"]["state"] == "none"
    assert isinstance(decisions.complete(situation, COMPLETE, rollout=ROLLOUT), TaskCompleted)


def test_the_task_that_is_completed_is_the_cards():
    published = with_data(EventName.TaskCardPublished, task_id="KLIK-8b")
    completed = decisions.complete(given(published, ENROLLED, *ORIENTED), COMPLETE, rollout=ROLLOUT)
    assert completed.task_id == "KLIK-8b"


def test_completion_names_everybody_who_is_missing():
    refused = decisions.complete(given(ENROLLED), COMPLETE, rollout=ROLLOUT)
    assert_conflict(refused, "aftaleadministrator", "systemansvarlig_bogfoering", "erp_dialog")


def test_completion_does_not_name_who_is_oriented():
    refused = decisions.complete(given(ENROLLED, ORIENTED[0]), COMPLETE, rollout=ROLLOUT)
    assert_conflict(refused, "systemansvarlig_bogfoering")
    assert "aftaleadministrator" not in refused.detail


def test_roles_beside_the_rule_complete_nothing():
    helpful = oriented(Role.OEIR_KOORDINATOR)
    assert_conflict(decisions.complete(given(ENROLLED, helpful), COMPLETE, rollout=ROLLOUT), "still missing")


def test_completing_twice_says_since_when():
    refused = decisions.complete(given(ENROLLED, *ORIENTED, COMPLETED), COMPLETE, rollout=ROLLOUT)
    assert_conflict(refused, "completed since 2026-01-15T09:00:00Z")


def test_a_reopened_task_can_be_completed_again():
    situation = given(ENROLLED, *ORIENTED, COMPLETED, REOPENED)
    assert isinstance(decisions.complete(situation, COMPLETE, rollout=ROLLOUT), TaskCompleted)


def test_a_completed_task_is_reopened():
    reopened = decisions.reopen(given(ENROLLED, *ORIENTED, COMPLETED), REOPEN, rollout=ROLLOUT)
    assert reopened == TaskReopened(task_id=ROLLOUT, by_role=Role.KP_SYSTEMANSVARLIG, reason="Ny aftaleadministrator")


def test_a_municipality_that_left_can_take_its_completion_back():
    situation = given(ENROLLED, *ORIENTED, COMPLETED, WITHDRAWN)
    assert isinstance(decisions.reopen(situation, REOPEN, rollout=ROLLOUT), TaskReopened)


def test_a_task_that_was_never_completed_is_not_reopened():
    assert_conflict(decisions.reopen(given(ENROLLED), REOPEN, rollout=ROLLOUT), "has not been completed")


def test_a_task_is_not_reopened_twice():
    refused = decisions.reopen(given(ENROLLED, COMPLETED, REOPENED), REOPEN, rollout=ROLLOUT)
    assert_conflict(refused, "reopened at 2026-01-16T09:00:00Z")


def test_an_assignment_is_told():
    assigned = decisions.assign(given(ENROLLED), ASSIGN, rollout=ROLLOUT)
    assert assigned == TaskAssigned(
        task_id=ROLLOUT,
        responsible_role=Role.KP_SYSTEMANSVARLIG,
        performer_role=Role.SYSTEMANSVARLIG_BOGFOERING,
    )


def test_the_same_assignment_again_is_the_fact_that_says_so_already():
    assert decisions.assign(given(ENROLLED, ASSIGNED), ASSIGN, rollout=ROLLOUT).id == ASSIGNED.id


def test_another_assignment_is_told():
    other = Assign(responsible_role="kp_systemansvarlig", performer_role="erp_dialog")
    assert isinstance(decisions.assign(given(ENROLLED, ASSIGNED), other, rollout=ROLLOUT), TaskAssigned)


def test_a_local_item_is_added_under_the_id_given():
    added = decisions.add_item(given(ENROLLED), AddItem(item_id="L-7", text=" Kontoplanen "))
    assert added == LocalItemAdded(item_id="L-7", text="Kontoplanen")


def test_without_an_id_the_same_text_makes_the_same_item():
    first, again = (decisions.add_item(given(ENROLLED), AddItem(text="Kontoplanen")) for _ in range(2))
    other = decisions.add_item(given(ENROLLED), AddItem(text="Moms"))
    assert first == again
    assert first.item_id != other.item_id


def test_an_open_item_told_again_is_the_fact_that_says_so_already():
    again = AddItem(item_id="L-1", text=ADDED.data.text)
    assert decisions.add_item(given(ENROLLED, ADDED), again).id == ADDED.id


def test_an_id_in_use_takes_no_other_text():
    refused = decisions.add_item(given(ENROLLED, ADDED), AddItem(item_id="L-1", text="Moms"))
    assert_conflict(refused, "Kontoplanen skal tilpasses", "2026-01-20T09:00:00Z")


def test_a_closed_item_is_opened_by_adding_it_again():
    again = AddItem(item_id="L-1", text=ADDED.data.text)
    assert isinstance(decisions.add_item(given(ENROLLED, ADDED, CLOSED), again), LocalItemAdded)


def test_an_item_is_closed():
    assert decisions.close_item(given(ENROLLED, ADDED), "L-1") == LocalItemClosed(
        item_id="L-1", text="Kontoplanen skal tilpasses"
    )


def test_a_municipality_that_left_can_close_its_items():
    assert isinstance(decisions.close_item(given(ENROLLED, ADDED, WITHDRAWN), "L-1"), LocalItemClosed)


def test_an_item_is_not_closed_twice():
    assert_conflict(decisions.close_item(given(ENROLLED, ADDED, CLOSED), "L-1"), "closed since 2026-01-25T09:00:00Z")


def test_an_item_that_nobody_added_is_unknown():
    assert decisions.close_item(given(ENROLLED, ADDED), "L-2").why is Why.UNKNOWN
