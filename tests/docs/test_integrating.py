"""What the page for integrators says works as it stands there: the first event, the view, the webhook's signature."""

import asyncio
import json
import os
import re
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from contracts.access import UserRole
from services.agreements.app import create
from services.agreements.settings import Settings
from services.chassis import clock
from services.chassis.settings import AccessSettings, KafkaSettings, MongoSettings
from tests.docs.commands import section
from tests.stack import REPOSITORY
from tests.tokens import free_port, running_issuer, served

PAGE = REPOSITORY / "deploy/docs/integrating.md"


def snippet(heading: str, language: str, number: int = 0) -> str:
    """Return a block of the page as a reader would copy it."""
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", section(PAGE, heading), re.MULTILINE | re.DOTALL)
    return found[number]


@pytest.fixture(scope="module")
async def environment(stack, tmp_path_factory):
    """Where the snippets find the services, and with which token; the agreements service answers for both."""
    async with running_issuer(tmp_path_factory.mktemp("issuer")) as issuer:
        settings = Settings(
            kafka=KafkaSettings(bootstrap=stack.bootstrap),
            mongo=MongoSettings(uri=stack.mongo_uri, database="integrating"),
            access=AccessSettings(issuer=issuer.url, jwks_uri=f"{issuer.url}/jwks"),
            group="integrating",
        )
        async with served(create(settings), free_port()) as url:
            places = {"AGREEMENTS": url, "TASKS": url, "KLARMELD_KAFKA__BOOTSTRAP": stack.bootstrap}
            yield {**os.environ, **places, "TOKEN": issuer.token(UserRole.EG)}


@pytest.fixture
def event(tmp_path: Path) -> Path:
    file = tmp_path / "event.json"
    file.write_text(snippet("The first event", "json"), encoding="utf-8")
    return file


async def run(*command: str, within: Path, environment: dict[str, str]) -> str:
    process = await asyncio.create_subprocess_exec(*command, cwd=within, env=environment, stdout=-1, stderr=-1)
    said, complained = await process.communicate()
    assert process.returncode == 0, (said, complained)
    return said.decode()


async def test_the_first_event_is_accepted_from_curl_and_seen(environment, event):
    said = await run("sh", "-ec", snippet("Over HTTP", "sh"), within=event.parent, environment=environment)
    position = json.loads(said)["events"][0]["position"]

    asked = snippet("The view", "sh").replace("municipalities/0630", f"municipalities/0630?wait=30&after={position}")
    view = json.loads(await run("sh", "-ec", asked, within=event.parent, environment=environment))
    assert view["progress"]["stage"] != "not_applicable"


async def test_the_first_event_is_accepted_from_python(environment, event):
    code = snippet("Over HTTP", "python")

    said = await run(sys.executable, "-c", code, within=event.parent, environment=environment)
    assert re.fullmatch(r"agreements-\d+-\d+\n", said)


async def test_the_first_event_is_published_over_kafka(environment, event):
    words = shlex.split(snippet("Over Kafka", "sh"))[1:]

    said = await run(sys.executable, "-m", "deploy.cli", *words, within=event.parent, environment=environment)
    assert re.match(r"agreements-\d+-\d+ +roster-2026-0630", said)


def test_a_webhook_is_verified_by_the_bytes_that_came():
    names: dict[str, Any] = {}
    exec(snippet("The webhook", "python"), names)
    key, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"type":"webhook.test"}'
    now = datetime.fromtimestamp(clock.now_ms() // 1_000, UTC)
    sent = {"webhook-id": "1", "webhook-timestamp": str(int(now.timestamp()))}

    assert names["told"](key, body, sent | {"webhook-signature": Webhook(key).sign("1", now, body.decode())})
    with pytest.raises(Exception, match="signature"):
        names["told"](key, body + b" ", sent | {"webhook-signature": Webhook(key).sign("1", now, body.decode())})
