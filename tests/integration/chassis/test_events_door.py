"""The door for events of the running services: binary, structured and batch, and all of a request or nothing of it."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import httpx
import pytest

from contracts.codec import NewEvent, encode, structured
from contracts.examples import example
from contracts.names import EventName
from deploy.local.stack import Stack
from tests.in_process import client_of, ready, running_service
from tests.tokens import running_issuer

ACCEPTED, INVALID = httpx.codes.ACCEPTED, httpx.codes.UNPROCESSABLE_ENTITY
STRUCTURED, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
SENT, ENROLLED = EventName.AgreementSent, EventName.MunicipalityEnrolled


class Door(NamedTuple):
    """The door of the agreements service, as EG's systems use it; `clients` are those of all services."""

    clients: dict[str, httpx.AsyncClient]
    rollout: str

    async def binary(self, event: NewEvent, **headers: str) -> httpx.Response:
        message = encode(event)
        attributes = {name.replace("ce_", "ce-"): value.decode() for name, value in message.headers}
        return await self.post(message.value, **(attributes | headers))

    async def structured(self, *events: dict[str, Any]) -> httpx.Response:
        if len(events) == 1:
            return await self.post(json.dumps(events[0]), **{"content-type": STRUCTURED})
        return await self.post(json.dumps(events), **{"content-type": BATCH})

    async def post(self, content: bytes | str, *, of: str = "agreements", **headers: str) -> httpx.Response:
        return await self.clients[of].post("/v1/events", content=content, headers=headers)

    async def facts(self) -> list[str]:
        """Return the ids of the facts that the service holds about Vejle, none where it knows nothing."""
        answer = await self.clients["agreements"].get(f"/v1/rollouts/{self.rollout}/municipalities/0630/facts")
        return [item["id"] for item in answer.json().get("items", [])]

    async def has(self, answer: httpx.Response) -> bool:
        """Return whether everything that was accepted comes to be in the view."""
        [*positions] = [event["position"] for event in answer.json()["events"]]
        url = f"/v1/rollouts/{self.rollout}/municipalities/0630"
        found = [await self.clients["agreements"].get(url, params={"after": position}) for position in positions]
        return all(each.status_code == httpx.codes.OK for each in found)


@pytest.fixture(scope="module")
async def clients(
    stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    async with AsyncExitStack() as running:
        issuer = await running.enter_async_context(running_issuer(tmp_path_factory.mktemp("issuer")))
        clients = {}
        for name in ("agreements", "tasks"):
            app = await running.enter_async_context(running_service(name, stack, issuer, "door_"))
            clients[name] = await running.enter_async_context(client_of(app))
            clients[name].headers.update(issuer.bearer("eg"))
            await ready(clients[name])
        yield clients


@pytest.fixture
def door(clients: dict[str, httpx.AsyncClient], prefix: str) -> Door:
    return Door(clients, f"{prefix}8b")


def problem(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    return body


async def test_an_event_in_binary_mode_is_a_fact(door: Door):
    answer = await door.binary(example(SENT, rollout=door.rollout))

    assert answer.status_code == ACCEPTED
    assert [event["id"] for event in answer.json()["events"]] == ["8b-agreementsent"]
    assert await door.has(answer)


async def test_an_event_in_structured_mode_is_the_same_fact(door: Door):
    first = await door.binary(example(SENT, rollout=door.rollout))
    second = await door.structured(structured(example(SENT, rollout=door.rollout)))

    assert await door.has(first)
    assert await door.has(second)
    assert await door.facts() == ["8b-agreementsent"]


async def test_a_batch_becomes_facts_each_with_its_position(door: Door):
    events = [example(name, rollout=door.rollout) for name in (SENT, ENROLLED)]

    answer = await door.structured(*map(structured, events))

    assert answer.status_code == ACCEPTED
    assert len({event["position"] for event in answer.json()["events"]}) == 2
    assert await door.has(answer)
    assert sorted(await door.facts()) == ["8b-agreementsent", "8b-municipalityenrolled"]


async def test_of_a_batch_with_one_bad_event_nothing_is_published(door: Door):
    good, bad = (structured(example(name, rollout=door.rollout)) for name in (ENROLLED, SENT))
    bad["data"]["extra_cost_dkk"] = 100

    answer = await door.structured(good, bad)

    assert answer.status_code == INVALID
    assert [error["pointer"] for error in problem(answer)["errors"]] == ["/1/data/extra_cost_dkk"]
    proof = await door.binary(example(EventName.AgreementViewed, rollout=door.rollout))
    assert await door.has(proof)
    assert await door.facts() == ["8b-agreementviewed"]


async def test_every_bad_event_and_field_of_a_batch_is_named(door: Door):
    first, second = (structured(example(SENT, rollout=door.rollout)) for _ in range(2))
    first["data"].pop("supplier")
    first["data"]["sign_by"] = 7
    second["type"] = "dk.klarmeld.Nothing.v1"

    errors = problem(await door.structured(first, second))["errors"]

    assert sorted(error["pointer"] for error in errors) == ["/0/data/sign_by", "/0/data/supplier", "/1"]


async def test_an_extra_cost_is_refused_in_the_words_of_the_card(door: Door):
    event = structured(example(SENT, rollout=door.rollout))
    event["data"]["extra_cost_dkk"] = 1

    [error] = problem(await door.structured(event))["errors"]

    assert "meromkostning" in error["detail"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"specversion": "0.3"}, "not_cloudevent"), ({"id": ""}, "bad_header"), ({"id": "x" * 65}, "bad_header"),
        ({"time": "yesterday"}, "bad_header"), ({"type": "dk.klarmeld.AgreementSent.v9"}, "unknown_version"),
        ({"type": "dk.klarmeld.TaskCompleted.v1"}, "wrong_topic"), ({"source": "/klarmeld/tasks"}, "wrong_source"),
        ({"municipality": "0411"}, "bad_key"), ({"partitionkey": "0101"}, "bad_key"), ({"subject": "other"}, "schema"),
        ({"time": "2999-01-01T00:00:00Z"}, "future_time"), ({"data": []}, "schema"),
    ],
)  # fmt: skip
async def test_what_would_be_parked_is_refused_with_the_same_reason(door: Door, change: dict[str, Any], reason: str):
    event = structured(example(SENT, rollout=door.rollout)) | change

    answer = await door.structured(event)

    assert answer.status_code == INVALID
    assert [error["detail"].partition(":")[0] for error in problem(answer)["errors"]] == [reason]


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (b"", STRUCTURED), (b"[]", STRUCTURED), (b"{", STRUCTURED), (b"\xff", STRUCTURED), (b"{}", BATCH),
        (b"[1]", BATCH), (b"[", BATCH), (b"\xff", BATCH), (b"{}", "application/cloudevents+xml"), (b"{}", "text/plain"),
    ],
)  # fmt: skip
async def test_what_holds_no_event_is_refused(door: Door, content: bytes, content_type: str):
    answer = await door.post(content, **{"content-type": content_type})

    assert answer.status_code == INVALID
    assert problem(answer)["errors"]


async def test_an_empty_batch_publishes_nothing_and_is_accepted(door: Door):
    answer = await door.post(b"[]", **{"content-type": BATCH})

    assert (answer.status_code, answer.json()) == (ACCEPTED, {"events": []})


async def test_attributes_of_a_binary_event_may_be_percent_encoded(door: Door):
    answer = await door.binary(example(SENT, rollout=door.rollout), **{"ce-id": "s%C3%A6rlig"})

    assert [event["id"] for event in answer.json()["events"]] == ["særlig"]


async def test_more_than_500_events_at_once_are_too_many(door: Door):
    event = structured(example(SENT, rollout=door.rollout))

    answer = await door.structured(*[event] * 501)

    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert "500 events" in problem(answer)["detail"]


async def test_more_than_4_mib_at_once_are_too_much(door: Door):
    answer = await door.post(b" " * (4 * 1024 * 1024 + 1), **{"content-type": STRUCTURED})

    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert problem(answer)["title"] == "Too large"


async def test_a_client_sends_again_what_it_got_no_answer_for(door: Door):
    event = example(SENT, rollout=door.rollout)

    for answer in (await door.binary(event), await door.binary(event)):
        assert answer.status_code == ACCEPTED
        assert await door.has(answer)

    assert await door.facts() == ["8b-agreementsent"]


async def test_the_tasks_service_has_no_such_door(door: Door):
    answer = await door.post(b"{}", of="tasks", **{"content-type": STRUCTURED})

    assert answer.status_code == httpx.codes.NOT_FOUND
    assert problem(answer)["title"] == "Not Found"
