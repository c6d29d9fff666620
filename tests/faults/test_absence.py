"""Kafka or MongoDB goes away in the middle of a command: it ends with 3 and a sentence, and run again it completes."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator

import pytest
from aiokafka import TopicPartition

from contracts.access import UserRole
from contracts.codec import encode, structured
from contracts.examples import example
from contracts.names import EventName
from contracts.records import KafkaRecord
from contracts.refusals import Reason, Refusal
from contracts.topics import Topic
from deploy.group_offsets import group_of, move
from deploy.local.stack import Stack
from services.chassis.log.log_admin import ensure_topics
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.parked import Parked, ParkedRecord
from services.chassis.settings import KafkaSettings
from tests.faults.absence import ENDS_WITHIN_S, World, ended_without, uri_of
from tests.faults.events import CODES, story
from tests.faults.trial import Trial, port_of
from tests.faults.way import At, kafka, mongodb, of_kafka, of_mongodb, way
from tests.stack import REPOSITORY
from tests.tokens import running_issuer

#: What Kafka's protocol calls them.
PRODUCE, FETCH, LIST_OFFSETS, OFFSET_COMMIT, OFFSET_FETCH = 0, 1, 2, 8, 9
WHY = "a-test"
COPY = "absent-copy"
COMMIT = mongodb("commitTransaction")


@pytest.fixture(scope="module")
async def world(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    trial, files = Trial(stack, "absent-tasks", "tasks"), tmp_path_factory.mktemp("absent")
    await trial.tell(story(trial.rollout, CODES[:3]))
    await ensure_topics(KafkaSettings(bootstrap=stack.bootstrap), [COPY])
    event = example(EventName.AgreementViewed, rollout=trial.rollout, id="told-by-hand")
    (files / "events.jsonl").write_text(json.dumps(structured(event)))
    async with (
        running_issuer(files) as issuer,
        way(stack.ports.kafka, of_kafka) as log,
        way(stack.ports.mongod, of_mongodb) as database,
        way(stack.ports.mongod, of_mongodb) as service,
    ):
        child = await trial.started(
            access__issuer=issuer.url, access__jwks_uri=f"{issuer.url}/jwks", mongo__uri=uri_of(service)
        )
        url = f"http://127.0.0.1:{port_of(child)}"
        environment = {
            "KLARMELD_KAFKA__BOOTSTRAP": f"127.0.0.1:{log.port}",
            "KLARMELD_MONGO__URI": uri_of(database),
            "KLARMELD_ACCESS__TOKEN": issuer.token(UserRole.OPERATIONS),
            **{f"KLARMELD_SERVICES__{name}": url for name in ("TASKS", "AGREEMENTS", "NOTIFICATIONS")},
        }
        world = World(trial, child, log, database, service, files, environment)
        await world.ready()
        await trial.caught_up()
        yield world
        await trial.close()


@pytest.mark.parametrize(
    ("words", "api"),
    [
        ("verify tasks", FETCH),
        ("rebuild tasks", LIST_OFFSETS),
        ("rebuild tasks --diff", FETCH),
        ("events export {files}/out.jsonl", FETCH),
        ("events publish {files}/events.jsonl", PRODUCE),
        (f"events replay --to-topic {COPY}", FETCH),
        (f"events replay --to-topic {COPY} --type AgreementSigned --execute", PRODUCE),
        ("rewind {trial.group} --to-earliest", LIST_OFFSETS),
    ],
)
async def test_kafka_goes_away_meanwhile(world: World, words: str, api: int):
    line = await ended_without(world.kafka, world, words, kafka(api))

    assert "Kafka" in line
    assert f"127.0.0.1:{world.kafka.port}" in line
    again = await world.klarmeld(words)
    assert again.code == 0, again.complained


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("verify tasks", mongodb("find", "progress_")),
        ("rebuild tasks --diff", mongodb("find", "progress_")),
        ("generations tasks list", mongodb("listCollections")),
        ("journal tasks", mongodb("find", "journal")),
    ],
)
async def test_mongodb_goes_away_meanwhile(world: World, words: str, at: At):
    line = await ended_without(world.mongodb, world, words, at)

    assert "MongoDB" in line
    assert f"127.0.0.1:{world.mongodb.port}" in line
    again = await world.klarmeld(words)
    assert again.code == 0, again.complained


@pytest.mark.parametrize(
    ("part", "at", "named"),
    [("kafka", kafka(FETCH), "Kafka"), ("mongodb", mongodb("find", "progress_"), "MongoDB")],
    ids=["kafka", "mongodb"],
)
async def test_one_that_takes_connections_and_says_nothing_is_waited_for_within_bounds(
    world: World, part: str, at: At, named: str
):
    line = await ended_without(getattr(world, part), world, "verify tasks", at, silent=True)

    assert named in line
    again = await world.klarmeld("verify tasks")
    assert again.code == 0, again.complained


async def test_a_rewind_whose_end_nobody_saw_is_done_again(world: World):
    group, reach = "absent-others", KafkaSettings(bootstrap=world.trial.stack.bootstrap)
    first, moved = TopicPartition(Topic.TASKS, 0), TopicPartition(Topic.AGREEMENTS, 0)
    await move(reach, group, {first: 1, moved: 1})
    words = f"rewind {group} --to-earliest --execute"

    line = await ended_without(world.kafka, world, words, kafka(OFFSET_COMMIT))
    again = await world.klarmeld(words)

    assert f"Kafka at 127.0.0.1:{world.kafka.port}" in line
    assert again.code == 0, again.complained
    found = await group_of(reach, group)
    assert {found.offsets[each] for each in (first, moved)} == {0}


@pytest.mark.parametrize(
    ("part", "at", "times"),
    [
        ("kafka", kafka(FETCH), 1),
        ("kafka", kafka(LIST_OFFSETS), 4),
        ("mongodb", mongodb("insert", "progress_"), 1),
        ("mongodb", COMMIT, 1),
    ],
    ids=["reading the log", "asking for its end", "writing documents", "pointing at them"],
)
async def test_a_rebuild_is_finished_by_the_next(world: World, part: str, at: At, times: int):
    words = f"rebuild tasks --execute --why {WHY}"
    before = await world.receipts()
    await ended_without(getattr(world, part), world, words, at, times=times)

    again = await world.klarmeld(words)

    assert again.code == 0, again.complained
    assert (await world.receipts() - before)["rebuild"] == 1
    assert (await world.klarmeld("verify tasks")).code == 0


async def test_a_rollback_whose_end_nobody_saw_is_asked_for_by_name(world: World):
    assert (await world.klarmeld(f"rebuild tasks --execute --why {WHY}")).code == 0
    before = await world.receipts()

    line = await ended_without(world.mongodb, world, f"generations tasks rollback --execute --why {WHY}", COMMIT)
    again = await world.klarmeld(line.split("`")[1].removeprefix("klarmeld "))

    assert again.code == 0, again.complained
    assert await world.receipts() - before == {"rollback": 1}


@pytest.mark.parametrize("at", [COMMIT, mongodb("drop")], ids=["pointer", "documents"])
async def test_a_drop_is_finished_by_the_next_with_one_receipt(world: World, at: At):
    assert (await world.klarmeld(f"rebuild tasks --execute --why {WHY}")).code == 0
    listed = json.loads((await world.klarmeld("generations tasks list --json")).said)["generations"]
    name = next(each["name"] for each in listed if each["role"] == "also")
    before, words = await world.receipts(), f"generations tasks drop {name} --execute --why {WHY}"

    await ended_without(world.mongodb, world, words, at)
    again = await world.klarmeld(words)

    assert again.code == 0, again.complained
    assert await world.receipts() - before == {f"drop {name}": 1}


async def parked(world: World, number: int) -> None:
    """Park records that are facts today."""
    records = [
        encode(example(EventName.AgreementViewed, rollout=world.trial.rollout, id=f"parked-{each}"))
        for each in range(number)
    ]
    refusal = Refusal(Reason.SCHEMA, "An older version did not take it.")
    async with connect(world.trial.stack.mongo_uri, timeout_s=20) as client:
        kept = client[world.trial.database]
        first = 1_000_000_000 + await kept.parked.count_documents({})
        places = [(each.topic, 0, first + index, 1_790_000_000_000) for index, each in enumerate(records)]
        await Parked(kept).keep(
            [
                ParkedRecord(KafkaRecord(*place, each.key, each.value, each.headers), refusal)
                for place, each in zip(places, records, strict=True)
            ]
        )


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("parked list --service tasks", mongodb("aggregate", "parked")),
        ("parked show tasks agreements-0-1000000000", mongodb("find", "parked")),
        ("parked redrive tasks --reason schema", mongodb("find", "parked")),
    ],
)
async def test_mongodb_goes_away_under_a_service_that_is_asked(world: World, words: str, at: At):
    await parked(world, 1)
    line = await ended_without(world.service, world, words, at)

    assert "The tasks service at http://127.0.0.1" in line
    assert "MongoDB" in line
    await world.ready()
    again = await world.klarmeld(words)
    assert again.code == 0, again.complained


@pytest.mark.parametrize("deed", ["redrive", "discard"])
async def test_parked_records_are_settled_once_though_nobody_saw_it(world: World, deed: str):
    await parked(world, 3)
    before, words = await world.receipts(), f"parked {deed} tasks --reason schema --execute --why {WHY}"

    line = await ended_without(world.service, world, words, COMMIT)
    await world.ready()
    again = await world.klarmeld(words)

    assert "MongoDB" in line
    assert again.code == 0, again.complained
    assert await world.receipts() - before == {f"{deed} parked records": 1}
    async with connect(world.trial.stack.mongo_uri, timeout_s=20) as client:
        left = client[world.trial.database].parked
        assert await left.count_documents({"reason": "schema", "state": "parked"}) == 0


async def test_a_tail_ends_when_kafka_goes(world: World):
    line = await ended_without(world.kafka, world, "events tail", kafka(FETCH))

    assert f"Kafka at 127.0.0.1:{world.kafka.port}" in line


async def test_who_watches_sees_mongodb_go_and_is_told_at_the_end(world: World):
    environment = {**os.environ, **world.environment}
    command = (sys.executable, "-m", "deploy.cli", "status", "--watch")
    process = await asyncio.create_subprocess_exec(
        *command, cwd=REPOSITORY, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    world.service.falls_at(None)
    async with asyncio.timeout(ENDS_WITHIN_S):
        while b"MongoDB" not in await process.stdout.readline():
            pass
    process.send_signal(signal.SIGINT)
    _, complained = await process.communicate()
    await world.service.opened()
    await world.ready()

    assert process.returncode == 3
    assert complained.decode().startswith("Not to be reached: MongoDB.")
