"""Who is to be told by a replay or a publishing is away, silent, refuses or goes: what was not taken is named."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.integration.log.commands import ROLLOUT, events, in_thread
from tests.tokens import free_port, served

Answering = Callable[[Any, int], Awaitable[None]]


@asynccontextmanager
async def receiver(answers: Answering) -> AsyncIterator[tuple[str, list[str]]]:
    """Run a receiver that takes note of each event, and yield its URL and the ids that it was told."""
    heard: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            heard.append(json.loads((await receive())["body"])["id"])
            await answers(send, len(heard))

    async with served(app, free_port()) as url:
        yield url, heard


async def status(send: Any, code: int) -> None:
    await send({"type": "http.response.start", "status": code, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def taken(send: Any, _: int) -> None:
    await status(send, 204)


async def refused_after_two(send: Any, count: int) -> None:
    await status(send, 204 if count <= 2 else 503)


async def broken_off_after_two(send: Any, count: int) -> None:
    if count <= 2:
        await status(send, 204)
    else:
        raise ConnectionResetError


async def silent_after_two(send: Any, count: int) -> None:
    if count > 2:
        await asyncio.sleep(15)
    await status(send, 204)


def replay(url: str) -> tuple[str, ...]:
    return ("events", "replay", "--rollout", ROLLOUT, "--to-url", url, "--per-second", "1000", "--execute")


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (refused_after_two, "HTTP status 503"),
        (broken_off_after_two, "HTTP status 500"),
        (silent_after_two, "ReadTimeout"),
    ],
    ids=["refuses", "breaks off", "silent"],
)
async def test_a_receiver_that_stops_taking_is_said_with_the_place_and_a_second_replay_tells_all(told, answers, said):
    async with receiver(answers) as (url, heard):
        ended = await in_thread(told, *replay(url))

    assert (ended.returncode, "events went to" in ended.stdout) == (3, False), ended.stderr
    sentence = ended.stderr.splitlines()[-1]
    assert sentence.startswith("2 events were told; ")
    assert said in sentence

    async with receiver(taken) as (url, again):
        assert (await in_thread(told, *replay(url))).returncode == 0
    assert set(heard) <= set(again) == {each["id"] for each in events()}


async def test_a_receiver_that_is_away_is_said(told):
    nobody = f"http://127.0.0.1:{free_port()}"

    ended = await in_thread(told, *replay(nobody))

    assert (ended.returncode, "0 events were told; " in ended.stderr, nobody in ended.stderr) == (3, True, True)


@pytest.mark.parametrize("door", ["away", "busy"])
async def test_a_door_that_cannot_take_events_is_said_and_ends_with_three(told, monkeypatch, door):
    async def cannot(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await status(send, 503)

    monkeypatch.setenv("KLARMELD_ACCESS__TOKEN", "a token")
    async with served(cannot, port := free_port()):
        url = f"http://127.0.0.1:{port if door == 'busy' else free_port()}"
        for each in ("AGREEMENTS", "NOTIFICATIONS"):
            monkeypatch.setenv(f"KLARMELD_SERVICES__{each}", url)
        lines = "\n".join(json.dumps(each) for each in events())
        ended = await in_thread(told, "events", "publish", "-", "--http", stdin=lines)

    assert (ended.returncode, ended.stdout, url in ended.stderr) == (3, "", True), ended.stderr
