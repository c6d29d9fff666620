"""The log's commands as processes on a real broker, and the four events that most of their tests are about."""

import asyncio
import json
import os
import subprocess
import sys

from contracts.codec import structured
from contracts.examples import EXAMPLES
from tests.stack import REPOSITORY

ROLLOUT = "log-8b"
#: Where all three services keep their journal here, so that a receipt stands there once.
DATABASE = "log_commands"
SUBJECTS = ("AgreementSent", "AgreementSigned", "AgreementViewed", "ForwardingConfigured")


def klarmeld(
    stack, *words: str, stdin: str = "", kafka: str | None = None, mongo: str | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "KLARMELD_KAFKA__BOOTSTRAP": kafka or stack.bootstrap,
        "KLARMELD_MONGO__URI": mongo or stack.mongo_uri,
        "KLARMELD_MONGO__DATABASE": DATABASE,
        "COLUMNS": "120",
        "NO_COLOR": "1",
    }
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", *words],
        input=stdin, capture_output=True, text=True, timeout=60, cwd=REPOSITORY, env=environment, check=False,
    )  # fmt: skip


async def in_thread(stack, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(klarmeld, stack, *words, **more)


def events(rollout: str = ROLLOUT) -> list[dict]:
    chosen = [event for name, event in EXAMPLES.items() if name in SUBJECTS]
    told = [structured(event) | {"rollout": rollout} for event in chosen]
    return [event | {"id": f"log-{number}"} for number, event in enumerate(told)]


async def published(stack, told: list[dict]) -> None:
    answer = await in_thread(stack, "events", "publish", "-", stdin="\n".join(map(json.dumps, told)))
    assert answer.returncode == 0, answer.stderr


async def exported(stack, *words: str, rollout: str = ROLLOUT) -> list[dict]:
    answer = await in_thread(stack, "events", "export", "-", "--rollout", rollout, *words)
    assert answer.returncode == 0, answer.stderr
    return [json.loads(line) for line in answer.stdout.splitlines()]


async def receipts(stack) -> list[dict]:
    answer = await in_thread(stack, "journal", "tasks", "--json")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)["entries"]
