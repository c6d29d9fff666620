"""Parked records on the real log and database: planned, redriven and discarded, and none of them lost."""

import json
from typing import Any

import pytest

from contracts import codec
from contracts.access import UserRole
from contracts.refusals import Reason, Refusal
from services.chassis.projection.journal import Journal, Signature
from services.chassis.projection.parked_choice import Choice
from services.chassis.projection.store import Generation
from services.chassis.replay.redrive import By
from tests.integration.operations.desk import CODES, NOW, OLD


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


@pytest.mark.parametrize("role", sorted(set(UserRole) - {UserRole.OPERATIONS}))
@pytest.mark.parametrize("do", ["redrive", "discard"])
async def test_nobody_but_operations_may(desk, role, do):
    assert (await desk.call("POST", f"/admin/parked/{do}", {}, role=role)).status_code == 403
