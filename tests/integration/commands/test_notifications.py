"""The commands of the notifications service on the real log and database: EG plans, municipalities answer."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from contracts.examples import EXAMPLES, example
from contracts.names import EventName
from tests.desk import OWN, Desk
from tests.in_process import tell
from tests.integration.commands.conftest import serving
from tests.integration.commands.office import FOREIGN

RESPONSE = {"partstat": "accepted", "by_role": "systemansvarlig_bogfoering"}
ACKNOWLEDGE = {"version": 1, "by_role": "systemansvarlig_bogfoering"}
MOVED = {"starts_at": "2026-03-12T10:00:00+01:00", "ends_at": "2026-03-12T11:00:00+01:00"}


@pytest.fixture
async def desk(notifications, prefix) -> Desk:
    return notifications.desk(prefix)


def guidance(**changes: Any) -> dict[str, Any]:
    said = json.loads(EXAMPLES[EventName.GuidancePublished].data.model_dump_json(exclude={"version"}))
    return said | changes


def webinar(**changes: Any) -> dict[str, Any]:
    said = json.loads(EXAMPLES[EventName.WebinarScheduled].data.model_dump_json(exclude={"sequence"}))
    return said | changes


async def plan(desk: Desk, path: str, body: Any, **more: str) -> httpx.Response:
    return await desk.call("POST", path, body, role="eg", **more)


async def information(desk: Desk, code: str = OWN) -> dict[str, Any]:
    view = await desk.call("GET", f"/municipalities/{code}", role="koordinator")
    return view.json()["progress"]["tracks"]["information"]


async def test_a_guidance_is_published_for_all_municipalities(desk):
    answer = await plan(desk, "/guidance", guidance())
    assert answer.status_code == 202
    assert answer.json()["view"]["rollup"]["applicable"] == 0
    assert answer.headers["location"] == f"/v1/rollouts/{desk.rollout}"
    assert [(await information(desk, code))["guidance"] for code in (OWN, FOREIGN)] == ["published", "published"]


async def test_a_changed_guidance_is_the_next_version(desk):
    await plan(desk, "/guidance", guidance())
    await plan(desk, "/guidance", guidance(sha256="a" * 64))
    assert (await information(desk))["guidances"][0]["version"] == 2


async def test_a_version_takes_no_other_content(desk):
    await plan(desk, "/guidance", guidance(version=1))
    refused = await plan(desk, "/guidance", guidance(version=1, title="En anden"))
    assert refused.status_code == 409
    assert (await information(desk))["guidances"][0]["title"] == guidance()["title"]


async def test_a_municipality_acknowledges_the_guidance_for_itself_alone(desk):
    await plan(desk, "/guidance", guidance())
    answer = await desk.call("POST", "/guidance/vejledning-8b/acknowledgement", ACKNOWLEDGE)
    assert answer.status_code == 202
    track = answer.json()["view"]["progress"]["tracks"]["information"]
    assert answer.json()["event_id"] in track["facts"]
    assert (await information(desk))["guidance"] == "acknowledged"
    assert (await information(desk, FOREIGN))["guidance"] == "published"


async def test_an_older_version_is_not_acknowledged(desk):
    await plan(desk, "/guidance", guidance())
    await plan(desk, "/guidance", guidance(sha256="a" * 64))
    refused = await desk.call("POST", "/guidance/vejledning-8b/acknowledgement", ACKNOWLEDGE)
    assert refused.status_code == 409
    assert "newest version of vejledning-8b is 2" in refused.json()["detail"]


async def test_a_webinar_goes_its_whole_way(desk):
    assert (await plan(desk, "/webinars", webinar())).status_code == 202
    assert (await plan(desk, "/webinars/webinar-8b/reschedule", MOVED)).status_code == 202
    moved = (await information(desk))["webinars"][0]
    assert (moved["sequence"], moved["starts_at"]) == (1, MOVED["starts_at"])
    recorded = await plan(desk, "/webinars/webinar-8b/recording", {"url": "https://eg.example/optagelse"})
    assert recorded.status_code == 202
    assert (await information(desk))["webinars"][0]["recording"] == "https://eg.example/optagelse"
    assert (await plan(desk, "/webinars/webinar-8b/cancellation", {"reason": "Sygdom"})).status_code == 202
    assert (await information(desk))["webinar"] == "cancelled"


async def test_a_cancelled_webinar_takes_nothing_more(desk):
    await plan(desk, "/webinars", webinar())
    await plan(desk, "/webinars/webinar-8b/cancellation", {"reason": "Sygdom"})
    again = await plan(desk, "/webinars/webinar-8b/cancellation", {"reason": "Sygdom"})
    moved = await plan(desk, "/webinars/webinar-8b/reschedule", MOVED)
    answered = await desk.call("POST", "/webinars/webinar-8b/response", RESPONSE)
    assert [answer.status_code for answer in (again, moved, answered)] == [409, 409, 409]
    assert "»Sygdom«" in answered.json()["detail"]


async def test_a_second_webinar_needs_to_be_meant(desk):
    await plan(desk, "/webinars", webinar())
    second = webinar(webinar_id="webinar-2")
    assert (await plan(desk, "/webinars", second)).status_code == 409
    assert (await plan(desk, "/webinars", {**second, "additional": True})).status_code == 202


async def test_a_municipality_answers_for_itself_alone(desk):
    await plan(desk, "/webinars", webinar())
    answer = await desk.call("POST", "/webinars/webinar-8b/response", RESPONSE)
    assert answer.json()["view"]["progress"]["tracks"]["information"]["webinar"] == "accepted"
    assert answer.headers["location"].startswith(f"/v1/rollouts/{desk.rollout}/municipalities/{OWN}?after=")
    assert (await information(desk, FOREIGN))["webinar"] == "scheduled"


async def test_the_municipality_is_the_tokens_whatever_the_body_says(desk):
    await plan(desk, "/webinars", webinar())
    refused = await desk.call("POST", "/webinars/webinar-8b/response", {**RESPONSE, "municipality": FOREIGN})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/municipality")
    assert (await information(desk, FOREIGN))["webinar"] == "scheduled"


async def test_a_token_without_a_municipality_answers_for_none(desk):
    await plan(desk, "/webinars", webinar())
    headers = {**desk.issuer.bearer("kommune-behandl"), "Content-Type": "application/json"}
    path = f"/v1/rollouts/{desk.rollout}/webinars/webinar-8b/response"
    assert (await desk.client.post(path, json=RESPONSE, headers=headers)).status_code == 403


async def test_an_invitation_survives_a_reschedule(desk, notifications):
    await plan(desk, "/webinars", webinar())
    invited = example(EventName.WebinarInvited, id=f"{desk.rollout}-i", rollout=desk.rollout)
    [position] = await tell(notifications.app, invited)
    await plan(desk, "/webinars/webinar-8b/reschedule", MOVED)
    view = await desk.call("GET", f"/municipalities/{OWN}?after={position}&wait=20", role="eg")
    assert view.json()["progress"]["tracks"]["information"]["webinar"] == "invited"


UNKNOWN = {
    "reschedule": ("/webinars/webinar-9/reschedule", MOVED, "eg"),
    "cancellation": ("/webinars/webinar-9/cancellation", {"reason": "Sygdom"}, "eg"),
    "recording": ("/webinars/webinar-9/recording", {"url": "https://eg.example/o"}, "eg"),
    "response": ("/webinars/webinar-9/response", RESPONSE, "kommune-behandl"),
    "acknowledgement": ("/guidance/faq/acknowledgement", ACKNOWLEDGE, "kommune-behandl"),
}


@pytest.mark.parametrize(("path", "body", "role"), UNKNOWN.values(), ids=UNKNOWN)
async def test_what_was_never_planned_is_unknown(desk, path, body, role):
    await plan(desk, "/webinars", webinar())
    assert (await desk.call("POST", path, body, role=role)).status_code == 404


@pytest.mark.parametrize(("path", "body", "role"), UNKNOWN.values(), ids=UNKNOWN)
async def test_a_rollout_that_nothing_is_known_of_has_no_plans(desk, path, body, role):
    assert (await desk.call("POST", path, body, role=role)).status_code == 404


async def test_a_retried_plan_is_one_event(desk):
    key = {"Idempotency-Key": "k1"}
    first, again = [await plan(desk, "/webinars", webinar(webinar_id=None), **key) for _ in range(2)]
    assert again.json()["event_id"] == first.json()["event_id"]
    assert len((await information(desk))["webinars"]) == 1


async def test_the_same_plan_without_a_key_is_one_event_too(desk):
    first, again = [await plan(desk, "/webinars", webinar()) for _ in range(2)]
    assert (again.status_code, again.json()["event_id"]) == (202, first.json()["event_id"])


async def test_a_retried_cancellation_is_no_conflict(desk):
    await plan(desk, "/webinars", webinar())
    path, key = "/webinars/webinar-8b/cancellation", {"Idempotency-Key": "k1"}
    first, again = [await plan(desk, path, {"reason": "Sygdom"}, **key) for _ in range(2)]
    assert again.json()["event_id"] == first.json()["event_id"]


async def test_a_double_click_schedules_one_webinar(desk):
    body = webinar(webinar_id=None)
    answers = await asyncio.gather(*[plan(desk, "/webinars", body) for _ in range(2)])
    assert len({answer.json()["event_id"] for answer in answers}) == 1


async def test_two_who_schedule_at_once_in_two_processes_end_in_one_webinar(desk, stack):
    async with serving("notifications", stack, desk.issuer, "commands_other_") as served:
        other = desk._replace(client=served.client)
        bodies = [webinar(webinar_id=None, title=title) for title in ("A", "B")]
        answers = await asyncio.gather(plan(desk, "/webinars", bodies[0]), plan(other, "/webinars", bodies[1]))
        told = [answer.json()["position"] for answer in answers if answer.status_code == 202]
        seen = [await information_after(each, told) for each in (desk, other)]
    assert seen[0]["webinars"] == seen[1]["webinars"]
    assert [each["webinar_id"] for each in seen[0]["webinars"]] == ["webinar-1"]


async def information_after(desk: Desk, positions: list[str]) -> dict[str, Any]:
    for position in positions:
        view = await desk.call("GET", f"/municipalities/{OWN}?after={position}&wait=20", role="eg")
        assert view.status_code == 200
    return view.json()["progress"]["tracks"]["information"]


BAD = {
    "an unknown field": ("/webinars", webinar(sequence=0), "/sequence"),
    "a day without a time": ("/webinars", webinar(starts_at="2026-03-10"), "/starts_at"),
    "a time without an offset": ("/webinars", webinar(starts_at="2026-03-10T10:00:00"), "/starts_at"),
    "a time that is a number": ("/webinars", webinar(starts_at=1_770_000_000), "/starts_at"),
    "a day that never was": ("/webinars", webinar(ends_at="2026-02-30T10:00:00Z"), "/ends_at"),
    "an end before the start": ("/webinars", webinar(ends_at="2026-03-10T09:00:00+01:00"), "/ends_at"),
    "another time zone": ("/webinars", webinar(timezone="Europe/London"), "/timezone"),
    "no address": ("/webinars", webinar(join_url="eg.example"), "/join_url"),
    "a text for a choice": ("/webinars", webinar(additional="true"), "/additional"),
    "a blank title": ("/webinars", webinar(title="  "), "/title"),
    "an id with a space": ("/webinars", webinar(webinar_id="a b"), "/webinar_id"),
    "a fraction of a version": ("/guidance", guidance(version=1.5), "/version"),
    "a version beyond all": ("/guidance", guidance(version=2**31), "/version"),
    "a short hash": ("/guidance", guidance(sha256="abc"), "/sha256"),
    "a long title": ("/guidance", guidance(title="x" * 2_001), "/title"),
    "nothing": ("/guidance", {}, "/guidance_id"),
}


@pytest.mark.parametrize(("path", "body", "pointer"), BAD.values(), ids=BAD)
async def test_a_bad_plan_is_refused_by_field_and_nothing_is_told(desk, path, body, pointer):
    refused = await plan(desk, path, body)
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert pointer in [each["pointer"] for each in refused.json()["errors"]]
    assert (await desk.call("GET", "", role="eg")).status_code == 404


@pytest.mark.parametrize("partstat", ["maybe", 1, None])
async def test_an_answer_is_one_of_three(desk, partstat):
    await plan(desk, "/webinars", webinar())
    refused = await desk.call("POST", "/webinars/webinar-8b/response", {**RESPONSE, "partstat": partstat})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/partstat")


async def test_a_huge_body_is_refused(desk):
    refused = await plan(desk, "/webinars", b'{"title": "' + b"x" * 70_000 + b'"}')
    assert refused.status_code == 413
    assert refused.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("role", ["kommune-laes", "kommune-behandl", "koordinator", "drift"])
async def test_nobody_but_eg_plans(desk, role):
    assert (await desk.call("POST", "/webinars", webinar(), role=role)).status_code == 403


async def test_a_plan_for_no_possible_rollout_is_refused(desk):
    refused = await plan(desk._replace(rollout="E-Faktura"), "/webinars", webinar())
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/path/rollout")
