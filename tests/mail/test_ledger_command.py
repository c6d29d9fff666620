"""`klarmeld ledger` as a process, against a running service: what is shown, what is decided, and how it ends."""

import json
import os
import subprocess
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

from services.chassis import clock
from services.chassis.outward.ledger import Ledger
from services.chassis.settings import AccessSettings
from services.notifications.app import create
from tests.mail.post import OWNER, Post
from tests.terminal import klarmeld
from tests.tokens import free_port, running_issuer, served


class Shell(NamedTuple):
    """A terminal beside a running service that has one mail of which nobody knows whether it left."""

    post: Post
    environment: dict[str, str]
    key: str

    async def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return await klarmeld("ledger", *words, environment=self.environment)


@pytest.fixture
async def shell(post: Post, tmp_path) -> AsyncIterator[Shell]:
    post.server.script = lambda _: "drop"
    await post.name("0265", OWNER)
    await post.enrol("0265")
    async with running_issuer(tmp_path) as issuer:
        access = AccessSettings(issuer=issuer.url, jwks_uri=f"{issuer.url}/jwks")
        async with served(create(post.settings().model_copy(update={"access": access})), free_port()) as url:
            await post.become({"unknown": 1, "suppressed": 2})
            post.server.accept_all()
            [entry] = await post.entries(state="unknown")
            said = {"KLARMELD_SERVICES__NOTIFICATIONS": url, "KLARMELD_ACCESS__ISSUER": issuer.url, "NO_COLOR": "1"}
            yield Shell(post, {**os.environ, **said, "COLUMNS": "80"}, str(entry["_id"]))


async def test_what_is_unknown_is_listed_planned_and_decided(shell: Shell):
    listed = await shell.run("list", "--state", "unknown", "--rollout", shell.post.rollout)
    assert (listed.returncode, shell.key in listed.stdout) == (0, True), listed.stderr

    plan = await shell.run("resolve", shell.key, "--as", "sent")
    assert (plan.returncode, "Nothing is done yet; add --execute." in plan.stdout) == (0, True), plan.stderr
    assert await shell.post.states(state="unknown") == {"unknown": 1}

    silent = await shell.run("resolve", shell.key, "--as", "sent", "--execute")
    assert (silent.returncode, "Add --why TEXT" in silent.stderr) == (2, True)

    done = await shell.run("resolve", shell.key, "--as", "sent", "--why", "Set i postkassen", "--execute")
    assert (done.returncode, f"{shell.key}: unknown → sent" in done.stdout) == (0, True), done.stderr
    await shell.post.become({"sent": 1, "suppressed": 2})

    repeated = await shell.run("resolve", shell.key, "--as", "sent", "--why", "Set i postkassen", "--execute")
    assert (repeated.returncode, f"{shell.key}: sent → sent" in repeated.stdout) == (0, True), repeated.stderr

    again = await shell.run("resolve", shell.key, "--as", "failed", "--why", "Nej", "--execute", "--json")
    assert again.returncode == 1
    assert json.loads(again.stdout)["items"] == [{"notification_key": shell.key, "before": "sent", "after": None}]


async def test_an_operator_opens_a_ledger_that_was_restored(shell: Shell):
    await Ledger(shell.post.database).shut("restored", 1, clock.now_ms())
    assert "Nothing is sent (restored)" in (await shell.run("list")).stdout

    opened = await shell.run("resolve", "--reopen", "--why", "Set igennem", "--execute")

    assert (opened.returncode, opened.stdout.strip()) == (0, "Mails leave again.")
    assert json.loads((await shell.run("list", "--json")).stdout)["gate"]["reason"] is None


async def test_a_service_that_is_away_is_said_and_ends_with_three(shell: Shell):
    shell.environment["KLARMELD_SERVICES__NOTIFICATIONS"] = f"http://127.0.0.1:{free_port()}"

    away = await shell.run("list")

    assert (away.returncode, away.stdout) == (3, "")
    assert "notifications" in away.stderr
