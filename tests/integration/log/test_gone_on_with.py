"""An export or a replay that was interrupted goes on where it stopped, and both leave what they did in the journal."""

import asyncio
import json
import os
import resource
import signal
import subprocess
import sys
from collections import Counter

import pytest

from contracts.topics import Topic
from services.chassis.log.log_admin import ensure_topics
from services.chassis.settings import KafkaSettings
from tests.integration.log import commands
from tests.integration.log.commands import DATABASE, events, in_thread, published, receipts
from tests.integration.log.test_told_elsewhere import receiver, status, taken
from tests.stack import REPOSITORY
from tests.tokens import free_port

ROLLOUT = "interrupted-8b"


@pytest.fixture(scope="module")
async def told(stack):
    """Put four events of a rollout of its own onto the log, each of them twice."""
    await ensure_topics(KafkaSettings(bootstrap=stack.bootstrap), list(Topic))
    await published(stack, events(ROLLOUT) * 2)
    return stack


async def exported(stack) -> list[dict]:
    return await commands.exported(stack, rollout=ROLLOUT)


def environment_of(stack) -> dict[str, str]:
    return {
        **os.environ,
        "KLARMELD_KAFKA__BOOTSTRAP": stack.bootstrap,
        "KLARMELD_MONGO__URI": stack.mongo_uri,
        "KLARMELD_MONGO__DATABASE": DATABASE,
    }


async def exported_with_room(stack, path, size: int) -> "subprocess.CompletedProcess[str]":
    def run() -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "deploy.cli", "events", "export", str(path), "--rollout", ROLLOUT],
            capture_output=True, text=True, timeout=60, cwd=REPOSITORY, env=environment_of(stack), check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
        )  # fmt: skip

    return await asyncio.to_thread(run)


async def test_an_export_without_room_leaves_no_file_that_looks_whole_and_the_same_command_goes_on(told, tmp_path):
    path = tmp_path / "facts.jsonl"
    whole = await exported(told)

    one_and_a_bit = len(json.dumps(whole[0], ensure_ascii=False).encode()) + 20
    failed = await exported_with_room(told, path, one_and_a_bit)
    left = [each.name for each in tmp_path.iterdir()]
    again = await in_thread(told, "events", "export", str(path), "--rollout", ROLLOUT)

    assert (failed.returncode, path.name in left, len(left)) == (1, False, 1), failed.stderr
    assert "the same command goes on" in failed.stderr
    assert again.returncode == 0, again.stderr
    assert "1 were there already" in again.stderr
    assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == whole
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


async def test_who_stops_reading_an_export_is_no_traceback(told):
    command = f"{sys.executable} -m deploy.cli events export - --rollout {ROLLOUT} | true; exit ${{PIPESTATUS[0]}}"
    shell = await asyncio.create_subprocess_exec(
        "bash", "-c", command, cwd=REPOSITORY, env=environment_of(told), stderr=asyncio.subprocess.PIPE
    )
    _, complained = await shell.communicate()

    assert b"Traceback" not in complained
    assert shell.returncode in {0, 1}


def replay(url: str, *more: str) -> tuple[str, ...]:
    return ("events", "replay", "--rollout", ROLLOUT, "--to-url", url, *more)


async def stopped_after(stack, url: str, heard: list[str], number: int, by: signal.Signals) -> tuple[int, str]:
    """Replay two events a second, and stop it once so many were heard."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli", *replay(url, "--per-second", "2", "--execute")),
        cwd=REPOSITORY, env=environment_of(stack), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(60):
        while len(heard) < number:
            await asyncio.sleep(0.05)
        process.send_signal(by)
        _, complained = await process.communicate()
    return process.returncode or 0, complained.decode()


async def taken_late(send, _) -> None:
    await asyncio.sleep(0.4)
    await status(send, 204)


@pytest.mark.parametrize("answers", [taken, taken_late], ids=["between two events", "while an answer is awaited"])
async def test_a_replay_that_was_interrupted_goes_on_without_telling_anything_twice(told, answers):
    every = Counter(each["id"] for each in await exported(told))
    async with receiver(answers) as (url, heard):
        code, complained = await stopped_after(told, url, heard, 2, signal.SIGINT)
        before = len(heard)
        plan = await in_thread(told, *replay(url))
        again = await in_thread(told, *replay(url, "--execute", "--per-second", "1000"))
        fresh = await in_thread(told, *replay(url))

    assert (code, "Traceback" in complained) == (130, False)
    assert f"{before:,} events were told before" in plan.stdout
    assert (again.returncode, Counter(heard)) == (0, every), again.stderr
    assert "were told before" not in fresh.stdout
    assert f"{every.total()} events would go" in fresh.stdout


async def test_a_replay_that_was_killed_tells_again_at_most_what_it_had_not_noted(told):
    every = Counter(each["id"] for each in await exported(told))
    async with receiver(taken) as (url, heard):
        code, _ = await stopped_after(told, url, heard, 5, signal.SIGKILL)
        again = await in_thread(told, *replay(url, "--execute", "--per-second", "1000"))

    assert code == -signal.SIGKILL
    assert again.returncode == 0, again.stderr
    assert "were told before" in again.stdout
    assert set(heard) == set(every)
    assert every.total() <= len(heard) <= every.total() + 4


async def test_each_try_of_a_replay_is_in_the_journal_and_names_no_more_of_the_receiver_than_its_host(told):
    async with receiver(taken) as (url, heard):
        secret = url.replace("http://", "http://user:password@") + "/hook/secret?token=secret"
        words = replay(
            secret, "--type", "AgreementSent", "--execute", "--per-second", "1000", "--who", "Ida", "--why", "x"
        )
        assert (await in_thread(told, *words)).returncode == 0
    *_, begun, done = await receipts(told)

    assert [(each["what"], each["who"], each["why"]) for each in (begun, done)] == [
        ("replay: begun", "Ida", "x"),
        ("replay", "Ida", "x"),
    ]
    assert done["before"]["name"] == "AgreementSent"
    assert done["after"] == {"told": len(heard)}
    assert done["before"]["to"] == url
    assert "secret" not in json.dumps([begun, done])
    assert "password" not in json.dumps([begun, done])


@pytest.mark.parametrize("words", [("--execute",), ()])
async def test_without_a_journal_nothing_is_told_but_a_plan_needs_none(told, monkeypatch, words):
    away = f"mongodb://127.0.0.1:{free_port()}/?directConnection=true"
    monkeypatch.setenv("KLARMELD_MONGO__TIMEOUT_S", "1")
    async with receiver(taken) as (url, heard):
        ended = await in_thread(told, *replay(url, *words), mongo=away)

    assert (ended.returncode, heard) == (3 if words else 0, []), ended.stderr
    assert ("MongoDB" in ended.stderr) == bool(words)
