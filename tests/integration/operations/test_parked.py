"""Parked records on the real log and database: listed, planned, redriven and discarded, and none of them lost."""

import json
from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import pytest

from contracts import codec
from contracts.access import UserRole
from contracts.examples import example
from contracts.municipalities import MUNICIPALITIES
from contracts.names import EventName
from contracts.records import KafkaRecord, Message
from contracts.refusals import Reason, Refusal
from services.chassis.projection.journal import Journal, Signature
from services.chassis.projection.parked import ParkedRecord
from services.chassis.projection.parked_choice import Choice
from services.chassis.projection.store import Generation
from services.chassis.replay.redrive import By
from tests.in_process import client_of, ready, running_service
from tests.tokens import running_issuer

CODES = sorted(MUNICIPALITIES)
NOW = 1_790_000_000_000
OLD = Refusal(Reason.SCHEMA, "An older version did not take it.")


class Desk(NamedTuple):
    """The operations of one service; `offset` begins the places that no other test uses."""

    app: Any
    client: httpx.AsyncClient
    issuer: Any
    rollout: str
    offset: int

    async def call(self, method: str, path: str, body: Any = None, *, role="drift", **more: Any) -> httpx.Response:
        headers = self.issuer.bearer(role, "0630" if role.startswith("kommune") else None) | more.pop("headers", {})
        return await self.client.request(method, f"/v1{path}", json=body, headers=headers, **more)

    async def listed(self, **query: Any) -> list[dict[str, Any]]:
        answer = await self.call("GET", "/admin/parked", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def redrive(self, selection: dict[str, Any], *, do: str = "redrive") -> dict[str, Any]:
        """Plan and carry out at once."""
        plan = await self.call("POST", f"/admin/parked/{do}", selection)
        signed = {"fingerprint": plan.json()["fingerprint"], "who": "Ida", "why": "Rettet"}
        done = await self.call("POST", f"/admin/parked/{do}", selection | signed)
        assert done.status_code == 200, done.text
        return done.json()

    async def facts(self, code: str) -> int:
        path = f"/rollouts/{self.rollout}/municipalities/{code}/facts?limit=500"
        return len((await self.call("GET", path, role="koordinator")).json().get("items", ()))

    def record(self, number: int, *, code: str = "0630", **changes: Any) -> KafkaRecord:
        """A record whose bytes are a fact today."""
        named = {"id": f"{self.rollout}-{changes.pop('named', number)}", "rollout": self.rollout, "municipality": code}
        message = codec.encode(example(EventName.AgreementViewed, **named, **changes))
        place = (message.topic, 0, self.offset + number, NOW + number)
        return KafkaRecord(*place, message.key, message.value, message.headers)

    async def park(self, *records: KafkaRecord, refusal: Refusal = OLD) -> list[str]:
        await self.app.state.parts.parked.keep([ParkedRecord(record, refusal) for record in records])
        return [f"agreements-{record.partition}-{record.offset}" for record in records]


@pytest.fixture(scope="module")
async def service(stack, tmp_path_factory) -> AsyncIterator[tuple[Any, httpx.AsyncClient, Any]]:
    async with (
        running_issuer(tmp_path_factory.mktemp("issuer")) as issuer,
        running_service("tasks", stack, issuer, "parked_") as app,
        client_of(app) as client,
    ):
        await ready(client)
        yield app, client, issuer


@pytest.fixture
def desk(service, prefix) -> Desk:
    return Desk(*service, f"{prefix}8b", int(prefix[1:6], 16) * 1_000_000)


async def test_a_record_is_listed_with_its_bytes_where_they_are_text_binary_or_missing(desk):
    whole = desk.record(1)
    await desk.park(whole, whole._replace(offset=desk.offset + 2, key=None, value=None, headers=[("x", None)]))
    await desk.park(whole._replace(offset=desk.offset + 3, value=b"\xff\x00"))
    places = [desk.offset + number for number in (1, 2, 3)]
    text, missing, binary = [(await desk.listed(partition=0, offset=place))[0] for place in places]
    assert b64decode(text["value"]) == whole.value
    assert text["type"] == "dk.klarmeld.AgreementViewed.v1"
    assert (missing["key"], missing["value"], missing["headers"]) == (None, None, [["x", None]])
    assert b64decode(binary["value"]) == b"\xff\x00"


async def test_pages_follow_their_cursor_through_a_filter_newest_first(desk):
    await desk.park(*[desk.record(number) for number in range(5)], refusal=Refusal(Reason.WRONG_SOURCE, "No."))
    query = {"reason": "wrong_source", "type": "dk.klarmeld.AgreementViewed.v1", "limit": 2}
    found, cursor = [], None
    while not found or cursor:
        page = (await desk.call("GET", "/admin/parked", params=query | ({"cursor": cursor} if cursor else {}))).json()
        found += [each["offset"] - desk.offset for each in page["items"]]
        cursor = page["next"]
    assert found == [4, 3, 2, 1, 0]


async def test_groups_count_by_reason_type_and_topic(desk):
    await desk.park(*[desk.record(number) for number in range(3)], refusal=Refusal(Reason.BAD_KEY, "No."))
    [group] = (await desk.call("GET", "/admin/parked/groups", params={"reason": "bad_key"})).json()["items"]
    assert group == {
        "reason": "bad_key", "type": "dk.klarmeld.AgreementViewed.v1", "topic": "klarmeld.agreements", "count": 3,
        "attempts": 0, "first": "2026-09-21T14:13:20Z", "latest": "2026-09-21T14:13:20.002000Z",
    }  # fmt: skip


async def test_a_plan_changes_nothing(desk):
    ids = await desk.park(desk.record(1))
    plan = (await desk.call("POST", "/admin/parked/redrive", {"ids": ids})).json()
    assert (plan["executed"], plan["selected"], plan["processed"]) == (False, 1, 1)
    [listed] = await desk.listed(offset=desk.offset + 1)
    assert (listed["state"], listed["attempts"]) == ("parked", 0)
    assert await desk.facts("0630") == 0


async def test_what_todays_code_takes_becomes_a_fact_and_leaves_the_list(desk):
    ids = await desk.park(desk.record(1))
    done = await desk.redrive({"ids": ids})
    assert [(each["id"], each["outcome"]) for each in done["records"]] == [(ids[0], "processed")]
    assert await desk.facts("0630") == 1
    assert await desk.listed(offset=desk.offset + 1) == []


async def test_a_redriven_record_is_kept_with_who_and_why(desk):
    await desk.redrive({"ids": await desk.park(desk.record(1))})
    [kept] = await desk.listed(offset=desk.offset + 1, state="all")
    assert (kept["state"], kept["attempts"], kept["reason"]) == ("redriven", 1, "schema")
    assert [(each["who"], each["why"], each["outcome"]) for each in kept["tries"]] == [("Ida", "Rettet", "processed")]


async def test_the_journal_keeps_who_and_why(desk):
    await desk.redrive({"ids": await desk.park(desk.record(1))})
    *_, entry = await Journal(desk.app.state.parts.store._database).entries()
    assert (entry.who, entry.why, entry.what) == ("Ida", "Rettet", "redrive parked records")
    assert (entry.before, entry.after["processed"]) == ({"parked": {"schema": 1}}, 1)


async def test_a_generation_that_began_during_a_redrive_has_its_records_too(desk):
    parts = desk.app.state.parts
    ids = await desk.park(desk.record(1))
    plan = await parts.redrive.plan(Choice(ids=ids), judged_at=NOW)
    before, begun = await parts.store.generation(), f"progress_{desk.offset}"

    def begin(moment: str) -> None:
        if moment == "after_attempt":
            parts.redrive._moment = lambda _: None
            parts.redrive._store = Rebuilding(parts.store, Generation(before.live, (begun,)))

    parts.redrive._moment = begin
    try:
        async for _ in parts.redrive.carry_out(plan, By(Signature("Ida", "x", "2026-03-01T09:00:00.000000Z"), "c")):
            pass
    finally:
        parts.redrive._moment, parts.redrive._store = (lambda _: None), parts.store
        await parts.store.repoint(Generation(before.live, (begun,)), before)
    [document] = await parts.store.documents(begun, [f"{desk.rollout}:0630"])
    assert len(document.facts) == 1


class Rebuilding:
    """A store in which a new generation begins to be written as soon as something is marked."""

    def __init__(self, store: Any, after: Generation) -> None:
        self._store = store
        self._after = after

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def at_once(self, work: Any) -> None:
        await self._store.repoint(await self._store.generation(), self._after)
        await self._store.at_once(work)


async def test_a_redrive_raises_the_position(desk):
    await desk.redrive({"ids": await desk.park(desk.record(1))})
    path = f"/rollouts/{desk.rollout}/municipalities/0630"
    view = (await desk.call("GET", path, role="koordinator")).json()
    assert view["positions"] == {"agreements-0": desk.offset + 1}


async def test_a_selection_that_changed_since_its_plan_is_a_conflict(desk):
    reason = Refusal(Reason.UNKNOWN_VERSION, "No.")
    await desk.park(desk.record(1), refusal=reason)
    plan = (await desk.call("POST", "/admin/parked/redrive", {"reason": "unknown_version"})).json()
    await desk.park(desk.record(2), refusal=reason)
    signed = {"reason": "unknown_version", "fingerprint": plan["fingerprint"], "who": "Ida", "why": "x"}
    assert (await desk.call("POST", "/admin/parked/redrive", signed)).status_code == 409
    assert await desk.facts("0630") == 0


@pytest.mark.parametrize("missing", ["who", "why"])
async def test_who_and_why_must_be_said(desk, missing):
    ids = await desk.park(desk.record(1))
    plan = (await desk.call("POST", "/admin/parked/redrive", {"ids": ids})).json()
    signed = {"ids": ids, "fingerprint": plan["fingerprint"], "who": "Ida", "why": "x"} | {missing: " "}
    answer = await desk.call("POST", "/admin/parked/redrive", signed)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == [f"/{missing}"]


async def test_a_plan_to_discard_is_none_to_redrive(desk):
    ids = await desk.park(desk.record(1))
    plan = (await desk.call("POST", "/admin/parked/discard", {"ids": ids})).json()
    signed = {"ids": ids, "fingerprint": plan["fingerprint"], "who": "Ida", "why": "x"}
    assert (await desk.call("POST", "/admin/parked/redrive", signed)).status_code == 409


async def test_what_fails_again_stays_with_its_newest_reason(desk):
    ids = await desk.park(desk.record(1)._replace(value=b"{"))
    done = await desk.redrive({"ids": ids})
    assert (done["failed"], done["records"][0]["reason"]) == (1, "not_json")
    [kept] = await desk.listed(offset=desk.offset + 1)
    assert (kept["state"], kept["reason"], kept["attempts"]) == ("parked", "not_json", 1)


async def test_fixable_leaves_out_what_would_fail_again(desk):
    good, _ = await desk.park(desk.record(1), desk.record(2)._replace(value=b"{"))
    plan = (await desk.call("POST", "/admin/parked/redrive", {"ids": [good, f"{good[:-1]}2"], "fixable": True})).json()
    assert [each["id"] for each in plan["records"]] == [good]


async def test_a_time_that_lay_ahead_of_its_record_is_taken_once_it_has_come(desk):
    record = desk.record(1)
    early = record._replace(timestamp=0)
    refusal = codec.read(early)
    assert refusal.reason == "future_time"
    ids = await desk.park(early, refusal=refusal)
    assert (await desk.redrive({"ids": ids}))["processed"] == 1


async def test_a_time_that_lies_ahead_of_the_redrive_too_fails_again(desk):
    ids = await desk.park(desk.record(1, time="2999-01-01T00:00:00Z"))
    assert (await desk.redrive({"ids": ids}))["records"][0]["reason"] == "future_time"


async def test_what_another_record_told_already_is_known(desk):
    first, second = await desk.park(desk.record(1, named="same"), desk.record(2, named="same"))
    done = await desk.redrive({"ids": [first, second]})
    assert {each["id"]: each["outcome"] for each in done["records"]} == {first: "processed", second: "known"}
    assert await desk.facts("0630") == 1


async def test_a_discarded_record_is_kept_with_its_reason_and_can_be_redriven(desk):
    ids = await desk.park(desk.record(1))
    assert (await desk.redrive({"ids": ids}, do="discard"))["discarded"] == 1
    [kept] = await desk.listed(offset=desk.offset + 1, state="discarded")
    assert (kept["reason"], kept["detail"]) == (OLD.reason, OLD.detail)
    assert (await desk.redrive({"ids": ids}))["processed"] == 1
    assert await desk.facts("0630") == 1


async def test_a_discarded_record_is_in_no_selection_that_does_not_name_it(desk):
    await desk.redrive({"ids": await desk.park(desk.record(1))}, do="discard")
    plan = (await desk.call("POST", "/admin/parked/redrive", {"offset": desk.offset + 1})).json()
    assert plan["selected"] == 0


async def test_a_record_of_which_only_the_beginning_is_kept_is_not_tried(desk):
    record = desk.record(1)
    ids = await desk.park(record._replace(headers=[*record.headers, ("more", b"x" * 9_000_000)]))
    done = await desk.redrive({"ids": ids})
    assert done["failed"] == 1
    assert "beginning" in done["records"][0]["detail"]


async def test_two_thousand_records_are_redriven_with_a_line_for_each_chunk(desk):
    await desk.park(
        *[desk.record(number, code=CODES[number % 98]) for number in range(2_000)],
        refusal=Refusal(Reason.UNKNOWN_TYPE, "No."),
    )
    selection = {"reason": "unknown_type"}
    plan = (await desk.call("POST", "/admin/parked/redrive", selection)).json()
    signed = selection | {"fingerprint": plan["fingerprint"], "who": "Ida", "why": "x"}
    answer = await desk.call("POST", "/admin/parked/redrive", signed, headers={"Accept": "application/x-ndjson"})
    *progress, receipt = map(json.loads, answer.text.splitlines())
    assert progress == [{"done": 1_000, "of": 2_000}, {"done": 2_000, "of": 2_000}]
    assert receipt["processed"] == 2_000
    assert await desk.facts(CODES[0]) == 21


async def test_a_bad_record_of_the_log_is_parked_with_its_type(desk):
    record = desk.record(1)
    bad = Message(record.topic, record.key, b"{", list(record.headers))
    [position] = await desk.app.state.parts.publisher.publish([bad])
    path = f"/rollouts/{desk.rollout}/municipalities/0630?after={position}&wait=1"
    found: list[dict[str, Any]] = []
    while not found:
        await desk.call("GET", path, role="koordinator")
        _, partition, offset = position.rsplit("-", 2)
        found = await desk.listed(partition=int(partition), offset=int(offset))
    assert (found[0]["id"], found[0]["reason"]) == (position, "not_json")
    assert found[0]["type"] == "dk.klarmeld.AgreementViewed.v1"


@pytest.mark.parametrize("role", sorted(set(UserRole) - {UserRole.OPERATIONS}))
@pytest.mark.parametrize("do", ["redrive", "discard"])
async def test_nobody_but_operations_may(desk, role, do):
    assert (await desk.call("POST", f"/admin/parked/{do}", {}, role=role)).status_code == 403
