"""Verify names every kind of damage, and only damage, while the service goes on."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from deploy.local.stack import Stack
from services.chassis.projection.mongo_client import connect
from services.chassis.replay.comparison import Difference, Kind
from services.chassis.replay.shares import Selection
from tests.faults.events import CODES, orientations, story
from tests.faults.operating import verified
from tests.faults.trial import Trial, terminated

OWN = CODES[0]


@pytest.fixture(scope="module")
async def trial(stack: Stack) -> AsyncIterator[Trial]:
    """A tasks service that has read a story of four municipalities, and goes on reading."""
    trial = Trial(stack, "verify-tasks", "tasks")
    await trial.tell(story(trial.rollout, CODES[:4]))
    await trial.started()
    await trial.caught_up()
    yield trial
    await trial.close()


@pytest.fixture
async def documents(trial: Trial) -> AsyncIterator[Any]:
    async with connect(trial.stack.mongo_uri, timeout_s=20) as client:
        yield client[trial.database].progress_1


@asynccontextmanager
async def damaged(documents: Any, key: str, update: Any) -> AsyncIterator[dict[str, Any]]:
    """Damage one document for the length of the block; yields it as it was."""
    before = await documents.find_one({"_id": key})
    await documents.update_one({"_id": key}, update)
    try:
        yield before
    finally:
        await documents.replace_one({"_id": key}, before, upsert=True)


def kinds(differences: list[Difference]) -> set[tuple[str, Kind]]:
    return {(each.document, each.kind) for each in differences}


def a_fact(document: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return a fact that the view of the other facts does not rest on."""
    return next((key, fact) for key, fact in document["facts"].items() if ".NotificationSent." in fact["type"])


async def test_a_service_that_is_right_agrees(trial: Trial):
    report = await verified(trial)

    assert report.judgement.differences == []
    assert report.judgement.documents == 5
    assert report.judgement.facts > 100
    assert report.behind == {}


async def test_a_missing_fact_is_named_by_its_place_on_the_log(trial: Trial, documents: Any):
    key = f"{trial.rollout}:{OWN}"
    name, fact = a_fact(await documents.find_one({"_id": key}))
    async with damaged(documents, key, {"$unset": {f"facts.{name}": 1}}):
        report = await verified(trial)

    place = f"{fact['topic'].removeprefix('klarmeld.')}-{fact['partition']}-{fact['offset']}"
    assert (key, Kind.MISSING_FACT, place) in {
        (each.document, each.kind, each.position) for each in report.judgement.differences
    }


async def test_a_view_that_is_still_owed_is_waited_for(trial: Trial, documents: Any):
    key = f"{trial.rollout}:{OWN}"
    stale = {"$set": {"owed": True, "progress.stage": "blocked"}}

    async def paid() -> None:
        async with damaged(documents, key, stale):
            await asyncio.sleep(2)

    paying = asyncio.create_task(paid())
    await asyncio.sleep(0.2)
    report = await verified(trial)
    await paying

    assert report.judgement.differences == []


async def test_a_view_that_is_owed_and_that_nobody_makes_is_named(stack: Stack):
    trial = Trial(stack, "verify-owed", "tasks")
    await trial.tell(story(trial.rollout, CODES[:1]))
    service = await trial.started()
    await trial.caught_up()
    await terminated(service, within_s=15)
    key = f"{trial.rollout}:{OWN}"
    async with connect(stack.mongo_uri, timeout_s=20) as client:
        owing = {"$set": {"owed": True, "progress.stage": "blocked"}}
        await client[trial.database].progress_1.update_one({"_id": key}, owing)

    report = await verified(trial)

    await trial.close()
    assert kinds(report.judgement.differences) == {(key, Kind.STALE_PROGRESS)}


async def test_an_extra_fact_is_named_by_its_id(trial: Trial, documents: Any):
    key, other = f"{trial.rollout}:{OWN}", f"{trial.rollout}:{CODES[1]}"
    name, fact = a_fact(await documents.find_one({"_id": other}))
    async with damaged(documents, key, {"$set": {f"facts.{name}": fact}}):
        report = await verified(trial)

    found = {(each.document, each.kind, each.fact) for each in report.judgement.differences}
    assert (key, Kind.EXTRA_FACT, fact["id"]) in found


@pytest.mark.parametrize(
    ("field", "value"), [("body", "{}"), ("subject", "x"), ("time", "2026-02-01T09:00:00.000001Z")]
)
async def test_a_changed_byte_is_named_by_the_facts_id(trial: Trial, documents: Any, field: str, value: str):
    key = f"{trial.rollout}:{OWN}"
    name, fact = a_fact(await documents.find_one({"_id": key}))
    async with damaged(documents, key, {"$set": {f"facts.{name}.{field}": value}}):
        report = await verified(trial)

    found = {(each.document, each.kind, each.fact) for each in report.judgement.differences}
    assert (key, Kind.CHANGED_FACT, fact["id"]) in found


@pytest.mark.parametrize("update", [{"$unset": {"{}.body": 1}}, {"$set": {"{}.more": 1}}, {"$set": {"{}": "nothing"}}])
async def test_what_has_not_the_form_of_a_fact_is_a_changed_fact(trial: Trial, documents: Any, update: Any):
    key = f"{trial.rollout}:{OWN}"
    name, _ = a_fact(await documents.find_one({"_id": key}))
    [(operator, change)] = update.items()
    own = {operator: {field.format(f"facts.{name}"): value for field, value in change.items()}}
    async with damaged(documents, key, own):
        report = await verified(trial)

    assert (key, Kind.CHANGED_FACT) in kinds(report.judgement.differences)


@pytest.mark.parametrize(("field", "by"), [("offset", 1), ("recorded", -1), ("partition", 1), ("offset", 1_000_000)])
async def test_a_wrong_place_is_named_with_the_right_one(trial: Trial, documents: Any, field: str, by: int):
    key = f"{trial.rollout}:{OWN}"
    name, fact = a_fact(await documents.find_one({"_id": key}))
    async with damaged(documents, key, {"$inc": {f"facts.{name}.{field}": by}}):
        report = await verified(trial)

    found = {(each.document, each.kind, each.fact) for each in report.judgement.differences}
    assert (key, Kind.WRONG_PLACE, fact["id"]) in found


@pytest.mark.parametrize("by", [-1, 1, 1_000_000])
async def test_a_wrong_position_is_named(trial: Trial, documents: Any, by: int):
    key = f"{trial.rollout}:{OWN}"
    before = await documents.find_one({"_id": key})
    partition = next(iter(before["positions"]))
    async with damaged(documents, key, {"$inc": {f"positions.{partition}": by}}):
        report = await verified(trial)

    assert kinds(report.judgement.differences) == {(key, Kind.WRONG_POSITION)}


@pytest.mark.parametrize(
    ("path", "value"), [("progress.stage", "receiving"), ("progress.rules", 0), ("progress.facts", 1), ("progress", 7)]
)
async def test_a_view_that_the_rules_do_not_derive_is_stale(trial: Trial, documents: Any, path: str, value: Any):
    key = f"{trial.rollout}:{OWN}"
    async with damaged(documents, key, {"$set": {path: value}}):
        report = await verified(trial)

    assert kinds(report.judgement.differences) == {(key, Kind.STALE_PROGRESS)}


async def test_a_lost_document_is_missing(trial: Trial, documents: Any):
    key = f"{trial.rollout}:{OWN}"
    async with damaged(documents, key, {"$set": {"rollout": "x"}}):
        await documents.delete_one({"_id": key})
        report = await verified(trial)

    assert kinds(report.judgement.differences) == {(key, Kind.MISSING_DOCUMENT)}


@pytest.mark.parametrize("key", ["nowhere:0101", 7])
async def test_a_document_that_the_log_does_not_speak_of_is_extra(trial: Trial, documents: Any, key: Any):
    await documents.insert_one({"_id": key, "rollout": "nowhere", "municipality": OWN, "facts": {}, "positions": {}})
    try:
        report = await verified(trial)
    finally:
        await documents.delete_one({"_id": key})

    assert kinds(report.judgement.differences) == {(str(key), Kind.EXTRA_DOCUMENT)}


@pytest.mark.parametrize(("field", "value"), [("rollout", "other"), ("municipality", "0999"), ("full", True)])
async def test_a_field_that_does_not_fit_its_document_is_named(trial: Trial, documents: Any, field: str, value: Any):
    key = f"{trial.rollout}:{OWN}"
    async with damaged(documents, key, {"$set": {field: value}}):
        report = await verified(trial)

    assert kinds(report.judgement.differences) == {(key, Kind.WRONG_FIELD)}


async def test_only_what_is_asked_for_is_compared(trial: Trial, documents: Any):
    async with damaged(documents, f"{trial.rollout}:{OWN}", {"$set": {"progress.stage": "receiving"}}):
        other = await verified(trial, Selection(trial.rollout, CODES[1]))
        own = await verified(trial, Selection(None, OWN))

    assert (other.judgement.documents, other.judgement.differences) == (1, [])
    assert len(own.judgement.differences) == 1


async def test_live_traffic_is_no_difference(trial: Trial):
    async def traffic() -> None:
        for each in orientations(trial.rollout, 600):
            await trial.tell([each])

    telling = asyncio.create_task(traffic())
    try:
        reports = [await verified(trial) for _ in range(3)]
    finally:
        await telling

    assert [report.judgement.differences for report in reports] == [[], [], []]
    await trial.caught_up()


async def test_a_full_document_is_reported_as_full(trial: Trial):
    await trial.tell(orientations(trial.rollout, 2_040, code=CODES[5]))
    await trial.caught_up()

    report = await verified(trial)

    assert report.judgement.differences == []
    assert [(each.document, each.held, each.left_out) for each in report.judgement.full] == [
        (f"{trial.rollout}:{CODES[5]}", 2_000, 40)
    ]


async def test_a_service_that_does_not_read_is_behind(trial: Trial, stack: Stack):
    asleep = Trial(stack, "verify-asleep", "tasks")
    report = await verified_of_nothing(asleep)

    assert sum(report.behind.values()) == report.judgement.records
    assert {each.kind for each in report.judgement.differences} == {Kind.MISSING_DOCUMENT}


async def verified_of_nothing(asleep: Trial) -> Any:
    async with connect(asleep.stack.mongo_uri, timeout_s=20) as client:
        await client[asleep.database].generations.insert_one({"_id": "pointer", "live": "progress_1", "also": []})
        try:
            return await verified(asleep)
        finally:
            await client.drop_database(asleep.database)
