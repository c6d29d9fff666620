"""Disaster drills: the damage is done to a running service, and the runbook's own commands put it right."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition

from contracts.access import UserRole
from contracts.codec import encode, read
from contracts.examples import example
from contracts.facts import Heard
from contracts.instants import fixed
from contracts.names import EventName
from contracts.records import KafkaRecord, Message
from contracts.topics import Topic
from deploy.group_offsets import group_of, move
from deploy.local.stack import Stack
from services.chassis import clock
from services.chassis.projection.mongo_client import connect
from services.chassis.replay import crew
from services.chassis.replay.fold import FACT_BYTES
from services.chassis.settings import KafkaConnection
from tests.benchmarks.workload import one
from tests.faults import log
from tests.faults.events import CODES, orientations, story
from tests.faults.operating import pointer, stored
from tests.faults.poison import poison
from tests.faults.shell import Operator
from tests.faults.trial import Trial
from tests.tokens import Issuer, running_issuer

#: What a bad release parked.
GOOD_RECORDS = 5_000
LOST = TopicPartition(Topic.AGREEMENTS, 3)
#: What is for facts of the memory that the runbook gives verify and rebuild where there is little (bytes), and what
#: each takes at most all the same, as the runbook says (megabytes).
ROOM = (160 - crew.OWN_MB) * 1_000_000
LEAST_MB = 300


@pytest.fixture(scope="module")
async def issuer(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Issuer]:
    async with running_issuer(tmp_path_factory.mktemp("issuer")) as issuer:
        yield issuer


@pytest.fixture
def settings(issuer: Issuer) -> dict[str, str]:
    """Have the service trust the issuer that the operator's commands ask."""
    return {name.removeprefix("KLARMELD_"): value for name, value in issuer.environment.items()}


@pytest.fixture
async def operator(trial: Trial, tmp_path: Path, issuer: Issuer) -> Operator:
    token = issuer.token(UserRole.OPERATIONS)
    return Operator(trial, tmp_path, {"KLARMELD_ACCESS__TOKEN": token, "NO_COLOR": "1", "COLUMNS": "120"})


@pytest.fixture
async def database(trial: Trial) -> AsyncIterator[Any]:
    async with connect(trial.stack.mongo_uri, timeout_s=20) as client:
        yield client[trial.database]


async def test_the_database_is_lost(trial: Trial, database: Any, operator: Operator):
    await trial.tell([*story(trial.rollout, CODES[:4]), *poison(trial.rollout).values()])
    await trial.started()
    await trial.caught_up()
    right = await stored(trial, "progress_1")
    parked = {each["_id"] async for each in database.parked.find()}
    await database.client.drop_database(database.name)

    operator.opens("The database is lost")
    await operator.runs_the_next_block()

    assert await stored(trial, (await pointer(trial))["live"]) == right
    assert {each["_id"] async for each in database.parked.find()} == parked


async def test_kafka_forgets_the_offsets_of_a_partition(trial: Trial, operator: Operator):
    await trial.tell(story(trial.rollout, CODES[:2]))
    child = await trial.started()
    await trial.caught_up()
    right = await stored(trial, "progress_1")
    await child.stop()
    await as_another_group(trial, without=LOST)

    await trial.started()
    await trial.caught_up()
    operator.opens("Offsets of a partition are lost")
    await operator.runs_the_next_block()

    assert await stored(trial, "progress_1") == right


async def test_a_group_passes_over_records_of_a_partition(trial: Trial, stack: Stack, operator: Operator):
    await trial.tell(story(trial.rollout, CODES[:2]))
    child = await trial.started()
    await trial.caught_up()
    await child.stop()
    await trial.tell([one(each, trial.rollout, code) for each, code in enumerate(CODES)], partition=LOST.partition)
    await move(reach(stack), trial.group, {LOST: await end_of(trial)})

    operator.opens("Offsets of a partition are lost")
    operator.passes_over_a_block()
    _, plan, moved = await operator.runs_the_next_block()
    await trial.started()
    await trial.caught_up()
    await operator.runs_the_next_block()

    assert "agreements-3" in plan.said
    assert "moved" in moved.said
    assert len(await stored(trial, "progress_1")) >= len(CODES)


async def test_a_release_parks_good_records(trial: Trial, database: Any, operator: Operator, settings: dict[str, str]):
    bad = trial.replica(module="tests.faults.bad_release", **settings)
    await bad.start()
    await trial.tell(agreements(trial.rollout, GOOD_RECORDS))
    await trial.caught_up()
    parked = await database.parked.count_documents({"reason": "schema", "state": "parked"})
    await bad.stop()
    await trial.started(**settings)

    operator.opens("A release parked good records")
    *_, verified = await operator.runs_the_next_block()

    assert parked >= GOOD_RECORDS
    assert [each["_id"] async for each in database.parked.find({"state": "parked"}) if _is_a_fact(each)] == []
    assert "agrees" in verified.said


def _is_a_fact(parked: dict[str, Any]) -> bool:
    """Whether a parked record would be taken today; others on the shared log are parked for good reasons."""
    place = (parked["topic"], parked["partition"], parked["offset"], parked["recorded"])
    record = KafkaRecord(*place, parked["key"], parked["value"], [tuple(each) for each in parked["headers"]])
    return isinstance(read(record), Heard)


async def test_a_producer_repeats_an_hour(trial: Trial, operator: Operator, tmp_path: Path):
    hour = [of_an_hour(trial.rollout, each, code) for each, code in enumerate(CODES * 3)]
    await trial.tell(hour)
    await trial.started()
    await trial.caught_up()
    before = await stored(trial, "progress_1")
    await trial.tell(hour)
    await trial.caught_up()

    operator.opens("A producer repeats an hour of events")
    await operator.runs_the_next_block()

    after = await stored(trial, "progress_1")
    assert {key: without_positions(each) for key, each in after.items()} == {
        key: without_positions(each) for key, each in before.items()
    }
    lines = [json.loads(line) for line in (tmp_path / "hour.jsonl").read_text("utf-8").splitlines()]
    assert sum(each["rollout"] == trial.rollout for each in lines) == 2 * len(hour)


async def test_the_clock_of_a_producer_is_three_days_ahead(
    trial: Trial, database: Any, operator: Operator, settings: dict[str, str]
):
    ahead = fixed(clock.now() + timedelta(days=3))
    event = example(EventName.AgreementSigned, rollout=trial.rollout, time=ahead)
    await trial.tell([encode(replace(event, id=f"ahead-{each}")) for each in range(200)])
    await trial.started(**settings)
    await trial.caught_up()
    assert await database.parked.count_documents({"reason": "future_time"}) >= 200

    operator.opens("The clock of a producer is three days ahead")
    await operator.runs_the_next_block()
    again = replace(event, id="sent-again", time=fixed(clock.now()))
    await trial.tell([encode(again)])
    await trial.caught_up()
    await operator.runs_the_next_block()

    [document] = [each for each in (await stored(trial, "progress_1")).values() if each["rollout"] == trial.rollout]
    assert [fact["id"] for fact in document["facts"].values()] == ["sent-again"]
    assert await database.parked.count_documents({"reason": "future_time", "state": "parked"}) == 0


async def test_the_log_is_larger_than_memory(trial: Trial, operator: Operator):
    facts = [each for code in CODES[:25] for each in orientations(trial.rollout, 800, code=code, padding=1_000)]
    assert sum(FACT_BYTES + len(each.value or b"") for each in facts) > ROOM
    await trial.tell(facts)
    await trial.started()
    await trial.caught_up(within_s=240)
    right = await stored(trial, "progress_1")

    operator.opens("The log is larger than memory")
    verified, rebuilt = await operator.runs_the_next_block()

    assert "agrees" in verified.said
    assert rebuilt.code == 0
    assert await stored(trial, (await pointer(trial))["live"]) == right
    assert max(verified.peak_mb, rebuilt.peak_mb) <= LEAST_MB


def agreements(rollout: str, number: int) -> list[Message]:
    """Return so many different facts about agreements, spread over all municipalities."""
    signed = (EventName.AgreementDelivered, EventName.AgreementViewed)
    events = [example(signed[each % 2], rollout=rollout, id=f"good-{each}") for each in range(number)]
    return [encode(replace(event, municipality=CODES[each % 98])) for each, event in enumerate(events)]


def of_an_hour(rollout: str, number: int, code: str) -> Message:
    time = f"2026-03-02T08:{number % 60:02}:00.000000Z"
    event = example(EventName.AgreementViewed, rollout=rollout, municipality=code, id=f"hour-{number}", time=time)
    return encode(event)


def without_positions(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "positions"}


def reach(stack: Stack) -> KafkaConnection:
    return KafkaConnection(bootstrap=stack.bootstrap)


async def end_of(trial: Trial) -> int:
    """Return where the log of the partition ends."""
    told = await log.whole_log(trial.stack.bootstrap, [LOST.topic])
    return 1 + max(each.offset for each in told if each.partition == LOST.partition)


async def as_another_group(trial: Trial, *, without: TopicPartition) -> None:
    """Have the service read as a group that stands where its own did, but in one partition, where it never was."""
    stands = (await group_of(reach(trial.stack), trial.group)).offsets
    assert without in stands
    trial.group = f"{trial.group}-forgot"
    await move(reach(trial.stack), trial.group, {each: at for each, at in stands.items() if each != without})
