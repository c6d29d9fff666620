"""The commands of the tasks service on the real log and database: what is answered is what everybody can see."""

import asyncio
import json
from typing import Any

import pytest

from contracts.examples import EXAMPLES
from contracts.examples.tasks import CARD
from contracts.names import EventName
from tests.desk import OWN, Desk
from tests.integration.commands.conftest import serving
from tests.integration.commands.office import FOREIGN, NOT_A_USER, enrol

ORIENT = {"role": "aftaleadministrator", "topics": ["plan", "await_eg"]}
COMPLETE = {"by_role": "kp_systemansvarlig"}


@pytest.fixture
async def desk(tasks, prefix) -> Desk:
    """A rollout in which two municipalities are enrolled."""
    desk = tasks.desk(prefix)
    await enrol(desk, tasks.app, OWN, FOREIGN)
    return desk


async def told(desk: Desk) -> list[str]:
    return [name for name in await desk.names_of_facts() if name != "MunicipalityEnrolled"]


def card() -> dict[str, Any]:
    return json.loads(CARD.model_dump_json())


async def test_an_orientation_is_in_the_view_that_is_answered(desk):
    answer = await desk.say("orientations", {**ORIENT, "note": "På kontormødet"})
    assert answer.status_code == 202
    told = answer.json()
    assert told["view"]["progress"]["tracks"]["orientation"]["facts"] == [told["event_id"]]
    partition, _, offset = told["position"].rpartition("-")
    assert told["view"]["positions"][partition] >= int(offset)


async def test_the_location_of_an_answer_shows_the_event(desk):
    answer = await desk.say("orientations", ORIENT)
    location = answer.headers["location"].removeprefix(f"/v1/rollouts/{desk.rollout}")
    shown = await desk.call("GET", location)
    assert shown.json()["progress"]["tracks"]["orientation"]["state"] == "partial"


async def test_a_task_goes_its_whole_way(desk):
    await desk.orient_all()
    completed = await desk.say("completion", {**COMPLETE, "comment": "Alle relevante er orienteret"})
    assert completed.json()["view"]["progress"]["tracks"]["task"]["state"] == "completed"
    reopened = await desk.say("reopening", {**COMPLETE, "reason": "Ny aftaleadministrator"})
    assert reopened.json()["view"]["progress"]["tracks"]["task"]["state"] == "open"


async def test_completion_before_orientation_names_who_is_missing(desk):
    await desk.say("orientations", ORIENT)
    refused = await desk.say("completion", COMPLETE)
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert "systemansvarlig_bogfoering" in refused.json()["detail"]
    assert await told(desk) == ["StakeholderOriented"]


async def test_an_assignment_is_shown(desk):
    answer = await desk.say("assignment", {"responsible_role": "kp_systemansvarlig", "performer_role": "erp_dialog"})
    assert answer.json()["view"]["progress"]["tracks"]["task"]["performer_role"] == "erp_dialog"


async def test_a_local_item_is_added_and_closed(desk):
    added = await desk.say("local-items", {"item_id": "L-1", "text": " Kontoplanen skal tilpasses "})
    [item] = added.json()["view"]["progress"]["tracks"]["task"]["local_items"]
    assert (item["text"], item["state"]) == ("Kontoplanen skal tilpasses", "open")
    closed = await desk.call("DELETE", f"/municipalities/{OWN}/local-items/L-1")
    [item] = closed.json()["view"]["progress"]["tracks"]["task"]["local_items"]
    assert item["state"] == "closed"


async def test_an_item_that_does_not_exist_cannot_be_closed(desk):
    assert (await desk.call("DELETE", f"/municipalities/{OWN}/local-items/L-9")).status_code == 404


async def test_the_card_is_shown_word_for_word_as_it_was_published(desk):
    published = await desk.call("PUT", "/card", card(), role="koordinator")
    assert published.status_code == 202
    assert published.json()["view"]["rollup"]["applicable"] == 2
    for role in ("kommune-laes", "kommune-behandl", "koordinator", "eg", "drift"):
        assert (await desk.call("GET", "/card", role=role)).json() == card()


async def test_the_newest_card_counts(desk):
    await desk.call("PUT", "/card", card(), role="koordinator")
    await desk.call("PUT", "/card", {**card(), "related_task": "eFaktura 6"}, role="koordinator")
    assert (await desk.call("GET", "/card")).json()["related_task"] == "eFaktura 6"


async def test_the_same_card_again_is_the_same_event(desk):
    first = await desk.call("PUT", "/card", card(), role="koordinator")
    again = await desk.call("PUT", "/card", card(), role="koordinator")
    assert again.json()["event_id"] == first.json()["event_id"]


async def test_a_rollout_without_a_card_has_none_to_show(desk):
    assert (await desk.call("GET", "/card")).status_code == 404


async def test_a_card_makes_a_rollout_that_was_not_there(desk):
    newborn = desk._replace(rollout=f"{desk.rollout}-new")
    assert (await newborn.call("PUT", "/card", card(), role="koordinator")).status_code == 202
    assert (await newborn.call("GET", "/card")).status_code == 200


async def test_the_task_id_of_the_card_is_the_one_that_is_completed(desk):
    await desk.call("PUT", "/card", {**card(), "task_id": "KLIK-8b"}, role="koordinator")
    await desk.orient_all()
    await desk.say("completion", COMPLETE)
    facts = (await desk.call("GET", f"/municipalities/{OWN}/facts")).json()["items"]
    assert facts[0]["subject"] == "KLIK-8b"


async def test_a_retried_command_is_one_event(desk):
    first = await desk.say("orientations", ORIENT, **{"Idempotency-Key": "k1"})
    again = await desk.say("orientations", ORIENT, **{"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()["event_id"]) == (202, first.json()["event_id"])
    assert again.json()["position"] == first.json()["position"]
    assert await told(desk) == ["StakeholderOriented"]


async def test_retries_at_once_are_one_event(desk):
    answers = await asyncio.gather(*[desk.say("orientations", ORIENT, **{"Idempotency-Key": "k1"}) for _ in range(4)])
    assert len({answer.json()["event_id"] for answer in answers}) == 1
    assert await told(desk) == ["StakeholderOriented"]


async def test_a_retried_completion_is_no_conflict(desk):
    await desk.orient_all()
    first = await desk.say("completion", COMPLETE, **{"Idempotency-Key": "k1"})
    again = await desk.say("completion", COMPLETE, **{"Idempotency-Key": "k1"})
    assert again.json()["event_id"] == first.json()["event_id"]


async def test_a_key_with_another_body_is_refused(desk):
    await desk.say("orientations", ORIENT, **{"Idempotency-Key": "k1"})
    refused = await desk.say("orientations", {**ORIENT, "role": "erp_dialog"}, **{"Idempotency-Key": "k1"})
    assert refused.status_code == 422
    assert await told(desk) == ["StakeholderOriented"]


async def test_a_double_click_completes_once(desk):
    await desk.orient_all()
    answers = await asyncio.gather(*[desk.say("completion", COMPLETE) for _ in range(2)])
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    assert (await told(desk)).count("TaskCompleted") == 1


async def test_a_second_completion_hears_since_when_the_task_is_completed(desk):
    await desk.orient_all()
    first = await desk.say("completion", COMPLETE)
    refused = await desk.say("completion", COMPLETE)
    assert first.json()["view"]["progress"]["tracks"]["task"]["since"] in refused.json()["detail"]


async def test_two_who_race_end_in_one_truth(desk, stack):
    """Two processes don't take turns: both tell, and everybody reads the same from both."""
    await desk.orient_all()
    async with serving("tasks", stack, desk.issuer, "commands_other_") as served:
        other = desk._replace(client=served.client)
        await asyncio.gather(desk.say("completion", COMPLETE), other.say("completion", COMPLETE))
        there = await other.call("GET", f"/municipalities/{OWN}?after={await position_of_last(desk)}&wait=20")
        here = await desk.call("GET", f"/municipalities/{OWN}?after={await position_of_last(other)}&wait=20")
    assert here.json()["progress"]["tracks"] == there.json()["progress"]["tracks"]
    assert here.json()["progress"]["tracks"]["task"]["state"] == "completed"


async def position_of_last(desk: Desk) -> str:
    positions = (await desk.call("GET", f"/municipalities/{OWN}")).json()["positions"]
    return next(f"{name}-{offset}" for name, offset in positions.items() if name.startswith("tasks"))


async def test_the_same_item_told_twice_at_once_is_one(desk):
    await asyncio.gather(*[desk.say("local-items", {"text": "Kontoplanen"}) for _ in range(2)])
    view = (await desk.call("GET", f"/municipalities/{OWN}")).json()
    assert len(view["progress"]["tracks"]["task"]["local_items"]) == 1


BAD = {
    "an unknown field": ("orientations", {**ORIENT, "municipality": FOREIGN}, "/municipality"),
    "an unknown role": ("orientations", {**ORIENT, "role": "borgmester"}, "/role"),
    "a number for a role": ("orientations", {**ORIENT, "role": 7}, "/role"),
    "an unknown topic": ("orientations", {**ORIENT, "topics": ["plan", "vejret"]}, "/topics/1"),
    "no topic": ("orientations", {**ORIENT, "topics": []}, "/topics"),
    "a text for a list": ("orientations", {**ORIENT, "topics": "plan"}, "/topics"),
    "a long note": ("orientations", {**ORIENT, "note": "x" * 2_001}, "/note"),
    "a number for a text": ("completion", {**COMPLETE, "comment": 7}, "/comment"),
    "nothing": ("completion", {}, "/by_role"),
    "a blank reason": ("reopening", {**COMPLETE, "reason": " \t "}, "/reason"),
    "no reason": ("reopening", COMPLETE, "/reason"),
    "one role of two": ("assignment", {"responsible_role": "erp_dialog"}, "/performer_role"),
    "a blank text": ("local-items", {"text": "\n"}, "/text"),
    "an id with a slash": ("local-items", {"text": "x", "item_id": "a/b"}, "/item_id"),
    "half a surrogate pair": ("local-items", b'{"text": "\\ud800"}', "/text"),
    "half a surrogate pair in a name": ("local-items", b'{"text": "x", "\\ud800": 1}', ""),
    "not a number, which is no JSON": ("local-items", b'{"text": NaN}', ""),
    "a list for a body": ("local-items", [], ""),
    "null for a body": ("local-items", b"null", ""),
    "no body": ("local-items", b"", ""),
    "an unended body": ("local-items", b'{"text": "x"', ""),
}


@pytest.mark.parametrize(("what", "body", "pointer"), BAD.values(), ids=BAD)
async def test_a_bad_body_is_refused_by_field_and_nothing_is_told(desk, what, body, pointer):
    refused = await desk.say(what, body)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert pointer in [each["pointer"] for each in refused.json()["errors"]]
    assert await told(desk) == []


@pytest.mark.parametrize("body", [b"\xff\xfe", b"[" * 60_000, b'{"text": ' + b"9" * 5_000 + b"}"], ids=len)
async def test_what_is_no_json_at_all_is_refused(desk, body):
    refused = await desk.say("local-items", body)
    assert 400 <= refused.status_code < 500
    assert refused.headers["content-type"] == "application/problem+json"
    assert await told(desk) == []


async def test_another_content_type_is_refused(desk):
    refused = await desk.say("local-items", b'{"text": "x"}', **{"Content-Type": "text/plain"})
    assert refused.status_code == 422


async def test_a_huge_body_is_refused_before_it_is_read(desk):
    refused = await desk.say("local-items", b'{"text": "' + b"x" * 70_000 + b'"}')
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"


async def test_a_card_that_no_event_can_hold_is_refused(desk):
    refused = await desk.call("PUT", "/card", {**card(), "method": ["x" * 2_000] * 12}, role="koordinator")
    assert refused.status_code == 422
    assert (await desk.call("GET", "/card")).status_code == 404


async def test_a_card_for_no_possible_rollout_is_refused(desk):
    refused = await desk._replace(rollout="E-Faktura").call("PUT", "/card", card(), role="koordinator")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/path/rollout")


async def test_a_rollout_that_nothing_is_known_of_takes_no_word(desk):
    assert (await desk._replace(rollout="nowhere").say("orientations", ORIENT)).status_code == 404


async def test_another_municipality_is_as_unknown_as_one_that_does_not_exist(desk):
    foreign, unknown = [
        await desk.call("POST", f"/municipalities/{code}/orientations", ORIENT) for code in (FOREIGN, "9999")
    ]
    assert (foreign.status_code, foreign.content) == (unknown.status_code, unknown.content)
    assert foreign.status_code == 404


@pytest.mark.parametrize("role", ["kommune-laes", "koordinator", "eg", "drift"])
async def test_nobody_else_speaks_for_a_municipality(desk, role):
    assert (await desk.call("POST", f"/municipalities/{OWN}/orientations", ORIENT, role=role)).status_code == 403


async def test_a_municipality_that_does_not_use_oes_indsigt_hears_that_the_task_is_not_theirs(desk):
    refused = await desk.call("POST", f"/municipalities/{NOT_A_USER}/orientations", ORIENT, code=NOT_A_USER)
    assert refused.status_code == 409
    assert "benytter ØS Indsigt" in refused.json()["detail"]
    shown = await desk.call("GET", f"/municipalities/{NOT_A_USER}", code=NOT_A_USER)
    assert shown.json()["progress"]["stage"] == "not_applicable"


async def test_the_openapi_document_tells_of_every_answer(desk):
    paths = (await desk.client.get("/openapi.json")).json()["paths"]
    completion = paths["/v1/rollouts/{rollout}/municipalities/{code}/completion"]["post"]
    assert {"202", "401", "403", "404", "409", "413", "422", "503"} <= completion["responses"].keys()
    assert list(completion["responses"]["409"]["content"]) == ["application/problem+json"]


def test_the_card_of_the_examples_is_one_that_a_coordinator_may_publish():
    assert EXAMPLES[EventName.TaskCardPublished].data == CARD
