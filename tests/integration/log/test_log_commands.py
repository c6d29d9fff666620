"""The log from the command line on a real broker: export, replay and tail, as processes with exit codes."""

import asyncio
import json
import os
import sys

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.integration.log.commands import ROLLOUT, events, exported, in_thread
from tests.stack import REPOSITORY
from tests.tokens import free_port, served


async def test_an_export_holds_each_event_with_its_place(told):
    found = await exported(told)
    assert sorted(each["id"] for each in found) == ["log-0", "log-1", "log-2", "log-3"]
    assert all(each["position"].startswith("agreements-") and each["recordedtime"].endswith("Z") for each in found)


async def test_an_export_published_again_is_the_same_facts(told):
    found = await exported(told)
    again = await in_thread(told, "events", "publish", "-", stdin="\n".join(map(json.dumps, found)))
    assert again.returncode == 0, again.stderr
    bare = [{name: value for name, value in each.items() if name not in {"position", "recordedtime"}} for each in found]
    twice = await exported(told)
    assert len(twice) == 2 * len(found)
    assert all({k: v for k, v in each.items() if k not in {"position", "recordedtime"}} in bare for each in twice)


async def test_an_export_takes_only_what_was_asked_for(told):
    signed = await exported(told, "--type", "AgreementSigned")
    assert {each["type"] for each in signed} == {"dk.klarmeld.AgreementSigned.v1"}
    assert await exported(told, "--municipality", "0101") == []
    assert await exported(told, "--to", "2020-01-01T00:00:00Z") == []
    assert await exported(told, "--from", "2020-01-01T00:00:00Z") != []


async def test_offsets_of_a_partition_can_be_asked_for(told):
    found = await exported(told)
    place = found[0]["position"]
    partition, _, offset = place.rpartition("-")
    in_partition = [each for each in found if each["position"].startswith(f"{partition}-")]

    def places(events: list[dict]) -> list[str]:
        return [each["position"] for each in events]

    assert places(await exported(told, "--offsets", place)) == [place]
    assert places(await exported(told, "--offsets", f"{partition}-{offset}..")) == places(in_partition)
    assert places(await exported(told, "--offsets", f"{partition}-{offset}..{int(offset) + 1}")) == [place]


async def test_times_can_speak_of_when_a_fact_holds(told):
    early = await exported(told, "--by-time", "--to", "2026-02-05T00:00:00Z")
    late = await exported(told, "--by-time", "--from", "2026-02-05T00:00:00Z")
    assert early
    assert late
    assert all(each["time"] < "2026-02-05" for each in early)
    assert all(each["time"] >= "2026-02-05" for each in late)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("events", "export", "--municipality", "9999"), "9999"),
        (("events", "export", "--type", "AgreementLost"), "AgreementLost"),
        (("events", "export", "--from", "yesterday"), "--from"),
        (("events", "export", "--offsets", "agreements-3"), "agreements-3-1042..1100"),
        (("events", "export", "--offsets", "agreements-3-7..7"), "agreements-3-7..7"),
        (("events", "export", "--offsets", "agreements-9-0.."), "agreements-9-0"),
        (("events", "export", "--offsets", "tasks-0-1", "--offsets", "tasks-0-3"), "twice"),
        (("events", "export", "/no/such/directory/out.jsonl"), "/no/such/directory"),
        (("events", "replay", "--to-url", "portal.example"), "portal.example"),
        (("events", "replay"), "--to-topic"),
        (("events", "replay", "--to-topic", "klarmeld.tasks"), "klarmeld.tasks"),
        (("rewind", "klarmeld-tasks"), "--to-earliest"),
        (("rewind", "nobody-knows-this-group", "--to-earliest"), "nobody-knows-this-group"),
    ],
)
async def test_what_cannot_be_meant_is_a_sentence_and_exit_2(told, words, named):
    answer = await in_thread(told, *words)
    assert answer.returncode == 2
    assert named in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    "words",
    [("events", "export"), ("events", "replay", "--to-topic", "x"), ("rewind", "klarmeld-tasks", "--to-earliest")],
    ids=" ".join,
)
async def test_a_log_that_is_away_is_a_sentence_and_exit_3(stack, words):
    answer = await in_thread(stack, *words, kafka=f"127.0.0.1:{free_port()}")
    assert answer.returncode == 3
    assert "Traceback" not in answer.stderr


async def test_a_replay_without_execute_only_counts(told):
    answer = await in_thread(told, "events", "replay", "--rollout", ROLLOUT, "--to-topic", "log-copy")
    assert answer.returncode == 0
    assert "would go to the topic log-copy" in answer.stdout


async def test_a_replay_to_a_topic_that_is_missing_says_so(told):
    words = ("events", "replay", "--rollout", ROLLOUT, "--to-topic", "log-nowhere", "--execute")
    answer = await in_thread(told, *words)
    assert answer.returncode == 3
    assert "log-nowhere" in answer.stderr


async def test_a_replay_tells_each_chosen_event_to_another_topic(told, prefix):
    copy = f"{prefix}copy"
    admin = AIOKafkaAdminClient(bootstrap_servers=told.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(copy, 1, 1)])
    await admin.close()
    chosen = len(await exported(told, "--type", "AgreementSent"))
    words = ("--rollout", ROLLOUT, "--type", "AgreementSent", "--to-topic", copy, "--per-second", "1000", "--execute")
    answer = await in_thread(told, "events", "replay", *words)
    assert answer.returncode == 0, answer.stderr
    consumer = AIOKafkaConsumer(bootstrap_servers=told.bootstrap)
    await consumer.start()
    ends = await consumer.end_offsets([TopicPartition(copy, 0)])
    await consumer.stop()
    assert list(ends.values()) == [chosen]


async def test_a_replay_posts_structured_events_to_a_webhook(told):
    taken = []

    async def webhook(scope, receive, send):
        if scope["type"] != "http":
            return
        taken.append((dict(scope["headers"])[b"content-type"], json.loads((await receive())["body"])))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async with served(webhook, free_port()) as url:
        words = (
            "--rollout",
            ROLLOUT,
            "--type",
            "AgreementViewed",
            "--to-url",
            url,
            "--per-second",
            "1000",
            "--execute",
        )
        answer = await in_thread(told, "events", "replay", *words)
    assert answer.returncode == 0, answer.stderr
    assert {kind for kind, _ in taken} == {b"application/cloudevents+json"}
    assert {event["type"] for _, event in taken} == {"dk.klarmeld.AgreementViewed.v1"}


async def test_tail_shows_what_arrives(told):
    environment = {**os.environ, "KLARMELD_KAFKA__BOOTSTRAP": told.bootstrap, "PYTHONUNBUFFERED": "1"}
    tail = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.cli", "events", "tail", "--rollout", ROLLOUT, "--json",
        stdout=asyncio.subprocess.PIPE, cwd=REPOSITORY, env=environment,
    )  # fmt: skip
    try:
        line = asyncio.create_task(tail.stdout.readline())
        while not line.done():
            await in_thread(told, "events", "publish", "-", stdin=json.dumps(events()[0]))
            await asyncio.wait({line}, timeout=1)
        assert json.loads(line.result())["id"] == "log-0"
    finally:
        tail.terminate()
        await tail.wait()
