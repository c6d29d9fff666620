"""`klarmeld status` as a process: how a running service stands, and what is said where something is away."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import httpx
import pytest

from contracts import codec
from contracts.examples import example
from contracts.names import EventName
from contracts.records import KafkaRecord
from contracts.refusals import Reason, Refusal
from services.chassis import clock
from services.chassis.projection.jobs import Jobs, Kind
from services.chassis.projection.journal import Signature
from services.chassis.projection.parked import ParkedRecord
from services.chassis.projection.parked_choice import Choice
from services.chassis.projection.verified import Verifications, Verified
from services.chassis.replay.redrive import By
from services.chassis.settings import AccessSettings, KafkaSettings, MongoSettings
from services.tasks.app import create
from services.tasks.settings import Settings
from tests.stack import REPOSITORY
from tests.tokens import free_port, running_issuer, served

AWAY = "127.0.0.1:1"


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    said: str
    complained: str


class Surface(NamedTuple):
    """A running service, whose address all three have for these commands, and its issuer."""

    app: Any
    url: str
    issuer: Any

    async def status(self, *words: str, **addresses: str) -> Ended:
        process = await self.started(*words, **addresses)
        said, complained = await process.communicate()
        return Ended(process.returncode or 0, said.decode(), complained.decode())

    async def started(self, *words: str, **addresses: str) -> asyncio.subprocess.Process:
        urls = dict.fromkeys(("agreements", "notifications", "tasks"), self.url) | addresses
        issuer = urls.pop("issuer", self.issuer.url)
        said = {f"KLARMELD_SERVICES__{name.upper()}": url for name, url in urls.items()}
        environment = {**os.environ, **said, "KLARMELD_ACCESS__ISSUER": issuer, "NO_COLOR": "1"}
        command = (sys.executable, "-m", "deploy.cli", "status", *words)
        return await asyncio.create_subprocess_exec(*command, cwd=REPOSITORY, env=environment, stdout=-1, stderr=-1)


def settings(stack: Any, issuer: Any, name: str, **other: Any) -> Settings:
    given = {
        "kafka": KafkaSettings(bootstrap=stack.bootstrap),
        "mongo": MongoSettings(uri=stack.mongo_uri, database=name),
        "access": AccessSettings(issuer=issuer.url, jwks_uri=f"{issuer.url}/jwks"),
        "group": name,
    }
    return Settings(**(given | other))


@pytest.fixture(scope="module")
async def surface(stack, tmp_path_factory) -> AsyncIterator[Surface]:
    async with running_issuer(tmp_path_factory.mktemp("issuer")) as issuer:
        app = create(settings(stack, issuer, "status_command"))
        async with served(app, free_port()) as url:
            await comes_to_say(url, 200, "")
            yield Surface(app, url, issuer)


async def comes_to_say(url: str, status: int, text: str) -> None:
    async with asyncio.timeout(90), httpx.AsyncClient() as client:
        while True:
            answer = await client.get(f"{url}/readyz")
            if answer.status_code == status and text in answer.text:
                return
            await asyncio.sleep(0.2)


async def rows(surface: Surface) -> dict[str, Any]:
    ended = await surface.status("--json")
    assert ended.code == 0, ended.complained
    return json.loads(ended.said)["services"][0]


async def parked(surface: Surface, offset: int) -> str:
    message = codec.encode(example(EventName.AgreementViewed, id=f"status-{offset}", rollout="status-8b"))
    record = KafkaRecord(message.topic, 0, offset, 1_790_000_000_000, message.key, message.value, message.headers)
    await surface.app.state.parts.parked.keep([ParkedRecord(record, Refusal(Reason.SCHEMA, "An older version."))])
    return f"agreements-0-{offset}"


async def test_a_ready_service_says_how_it_stands(surface: Surface):
    row = await rows(surface)

    assert (row["ready"], row["behind"], row["away"]) == (True, 0, [])
    assert row["database"]["generation"] == {"live": "progress_1", "also": []}
    assert row["rederive"]["done"] == row["rederive"]["total"]
    assert {f"tasks-{each}" for each in range(6)} <= row["lag"].keys()


async def test_what_was_verified_and_what_is_parked_is_said(surface: Surface):
    database = surface.app.state.parts.database
    await Verifications(database).note(Verified(clock.now_ms(), "progress_1", 7, 3, 1))
    await parked(surface, 9_000_001)

    ended = await surface.status()

    assert ended.code == 0, ended.complained
    assert re.search(r"\d+ parked: .*\d+ schema", ended.said)
    assert "when 1 documents differed" in ended.said


async def test_the_last_receipt_is_said(surface: Surface):
    await parked(surface, 9_000_002)
    redrive = surface.app.state.parts.redrive
    now_ms = clock.now_ms()
    plan = await redrive.plan_discard(Choice(reason="schema"), judged_at=now_ms)
    signature = Signature("Vagt 1", "a drill", "2026-03-01T09:00:00.000000Z")
    _ = [each async for each in redrive.discard(plan, By(signature, "somebody"))]

    row = await rows(surface)

    assert row["database"]["receipt"]["who"] == "Vagt 1"
    assert row["database"]["receipt"]["what"] == "discard parked records"
    assert "schema" not in row["database"]["parked"]["reasons"]


async def test_long_work_that_was_asked_for_is_said_with_how_far_it_is(surface: Surface):
    jobs = Jobs(surface.app.state.parts.database)
    begun = await jobs.begin(Kind.VERIFY, "drift", "a drill")
    far = begun._replace(step="reading", done=412_380, total=606_412, beat=begun.beat + 3_600_000)
    await jobs.note(Kind.VERIFY, far)

    ended = await surface.status()
    await jobs.abort(Kind.VERIFY, None)

    assert "a verify runs, reading: 412,380 of 606,412" in ended.said


async def test_one_service_that_is_away_hides_no_other(surface: Surface):
    ended = await surface.status(notifications=f"http://{AWAY}")

    assert ended.code == 3
    assert "notifications" in ended.complained
    assert ended.said.count("generation progress_1 is live") == 2


async def test_without_a_token_there_is_what_anybody_may_know(surface: Surface):
    ended = await surface.status(issuer=f"http://{AWAY}")

    assert ended.code == 0, ended.complained
    assert "0 events behind" in ended.said
    assert "no more is told: The issuer" in ended.said


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("MongoDB", {"mongo": MongoSettings(uri=f"mongodb://{AWAY}/?replicaSet=rs0", timeout_s=1)}),
        ("Kafka", {"kafka": KafkaSettings(bootstrap=AWAY)}),
    ],
)
async def test_a_dependency_that_is_away_is_named_and_ends_it_with_3(surface: Surface, stack, prefix, name, other):
    async with AsyncExitStack() as running:
        app = create(settings(stack, surface.issuer, f"{prefix}away", **other))
        url = await running.enter_async_context(served(app, free_port()))
        await comes_to_say(url, 503, f"{name}: ")
        ended = await surface.status(tasks=url)

    assert ended.code == 3
    assert f"Not to be reached: {name}." in ended.complained
    assert f"{name}: " in ended.said


async def test_watching_prints_lines_where_there_is_no_terminal_until_it_is_told_to_stop(surface: Surface):
    process = await surface.started("--watch")
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    process.send_signal(signal.SIGINT)

    assert await process.wait() == 0
    assert line.startswith("agreements: ready · 0 events behind")


async def test_a_municipality_learns_nothing_of_how_a_service_stands(surface: Surface):
    async with httpx.AsyncClient(base_url=surface.url) as client:
        answer = await client.get("/v1/admin/status", headers=surface.issuer.bearer("kommune-laes", "0630"))

    assert answer.status_code == 403
