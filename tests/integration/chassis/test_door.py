"""CloudEvents over HTTP onto the log: all of a request's events, or none, and every fault named."""

import asyncio
import json
from dataclasses import replace

import httpx
import pytest

from contracts import codec
from contracts.access import UserRole
from contracts.examples import EXAMPLES
from contracts.names import EventName
from services.chassis.doors import events_door
from services.chassis.settings import DoorSettings
from tests.in_process import client_of, ready, running_service
from tests.tokens import running_issuer

ROLLOUT, CODE = "door-8b", "0630"
#: So slow that no machine is too slow to be refused.
SLOW = DoorSettings(events_per_second=20, burst=1_000)
STRUCTURED = {"Content-Type": "application/cloudevents+json"}
BATCH = {"Content-Type": "application/cloudevents-batch+json"}


@pytest.fixture(scope="module")
async def client(stack, tmp_path_factory):
    async with (
        running_issuer(tmp_path_factory.mktemp("issuer")) as issuer,
        running_service("agreements", stack, issuer, "door_", door=SLOW) as app,
        client_of(app) as client,
    ):
        await ready(client)
        client.headers.update(issuer.bearer(UserRole.EG))
        yield client


def event(event_id="d-1", name=EventName.AgreementSent, **attributes):
    return codec.structured(replace(EXAMPLES[name], id=event_id, rollout=ROLLOUT, municipality=CODE)) | attributes


async def send(client, content, headers):
    return await client.post("/v1/events", content=json.dumps(content).encode(), headers=headers)


async def held(client):
    """Return the ids of the facts that the municipality's document holds."""
    answer = await client.get(f"/v1/rollouts/{ROLLOUT}/municipalities/{CODE}/facts")
    return [] if answer.status_code == httpx.codes.NOT_FOUND else [each["id"] for each in answer.json()["items"]]


async def seen(client, answer):
    for each in answer.json()["events"]:
        path = f"/v1/rollouts/{ROLLOUT}/municipalities/{CODE}"
        (await client.get(path, params={"after": each["position"], "wait": 20})).raise_for_status()


async def test_a_structured_event_is_on_the_log_when_it_is_accepted(client):
    answer = await send(client, event("structured"), STRUCTURED)
    assert answer.status_code == httpx.codes.ACCEPTED
    await seen(client, answer)
    assert "structured" in await held(client)


async def test_a_binary_event_is_the_same_fact_as_a_structured_one(client):
    told = event("both")
    headers = {f"ce-{name}": value for name, value in told.items() if name not in {"data", "datacontenttype"}}
    answer = await send(client, told["data"], {**headers, "Content-Type": "application/json"})
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    await seen(client, answer)
    await seen(client, await send(client, told, STRUCTURED))
    assert (await held(client)).count("both") == 1


async def test_a_batch_is_accepted_whole(client):
    answer = await send(client, [event("b-1"), event("b-2")], BATCH)
    assert [each["id"] for each in answer.json()["events"]] == ["b-1", "b-2"]
    await seen(client, answer)


async def test_one_bad_event_keeps_the_whole_batch_off_the_log(client):
    bad = event("x-2")
    bad["data"] = bad["data"] | {"extra_cost_dkk": "none", "document": {}}
    answer = await send(client, [event("x-1"), bad, event("x-3", rollout="NOT A ROLLOUT")], BATCH)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    pointers = {each["pointer"] for each in answer.json()["errors"]}
    assert {"/1/data/extra_cost_dkk", "/1/data/document/sha256", "/2"} <= pointers
    good = await send(client, event("x-4"), STRUCTURED)
    await seen(client, good)
    assert not {"x-1", "x-2", "x-3"} & set(await held(client))


async def test_extra_cost_is_refused_with_the_words_of_the_card(client):
    told = event("cost")
    told["data"] = told["data"] | {"extra_cost_dkk": 100}
    answer = await send(client, told, STRUCTURED)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "meromkostning" in answer.text


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"", STRUCTURED),
        (b"{", STRUCTURED),
        (b"[]", STRUCTURED),
        (b"{}", BATCH),
        (b"[1]", BATCH),
        (b"\xff\xfe", STRUCTURED),
        (b"{}", {"Content-Type": "text/plain"}),
        (b"{}", {}),
        (b"{}", {"Content-Type": "application/json", "ce-id": "\xe6"}),
    ],
    ids=str,
)
async def test_what_is_no_cloudevent_is_a_problem(client, content, headers):
    encoded = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = await client.post("/v1/events", content=content, headers=encoded)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "dk.klarmeld.AgreementLost.v1"}, "unknown_type"),
        ({"type": "dk.klarmeld.AgreementSent.v9"}, "unknown_version"),
        ({"source": "/klarmeld/tasks"}, "wrong_source"),
        ({"municipality": "9999", "partitionkey": "9999"}, "bad_key"),
        ({"time": "2999-01-01T00:00:00Z"}, "future_time"),
        ({"id": ""}, "bad_header"),
        ({"data": None}, "schema"),
    ],
    ids=str,
)
async def test_each_check_of_the_log_is_made_at_the_door(client, changes, reason):
    answer = await send(client, event("c-1", **changes), STRUCTURED)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert any(each["detail"].startswith(reason) for each in answer.json()["errors"])


async def test_an_event_of_another_services_topic_is_refused(client):
    completed = codec.structured(replace(EXAMPLES[EventName.TaskCompleted], rollout=ROLLOUT, municipality=CODE))
    answer = await send(client, completed, STRUCTURED)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "wrong_topic" in answer.text


async def test_more_than_the_door_takes_is_413(client, monkeypatch):
    monkeypatch.setattr(events_door, "MOST_EVENTS", 2)
    many = await send(client, [event(f"m-{number}") for number in range(3)], BATCH)
    monkeypatch.setattr(events_door, "MOST_BYTES", 100)
    large = await send(client, event("large"), STRUCTURED)
    assert [many.status_code, large.status_code] == [httpx.codes.REQUEST_ENTITY_TOO_LARGE] * 2


async def test_a_client_that_sends_too_much_is_told_when_to_come_again(client):
    many = [event(f"r-{number}") for number in range(500)]
    answers = await asyncio.gather(*[send(client, many, BATCH) for _ in range(4)])
    refused = next(answer for answer in answers if answer.status_code == httpx.codes.TOO_MANY_REQUESTS)
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.headers["content-type"] == "application/problem+json"
