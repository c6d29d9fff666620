"""The three services of one issuer, and an agreement of each of two municipalities, so that all can be asked for."""

import asyncio
import importlib
import re
from typing import NamedTuple

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from contracts import codec
from contracts.codec import NewEvent
from contracts.examples import EXAMPLES
from contracts.names import EventName
from services.chassis.settings import AccessSettings, HttpSettings, KafkaSettings, MongoSettings
from services.chassis.web.access import routes_of
from tests.faults.log import caught_up
from tests.tokens import free_port, running_issuer, served

OWN, FOREIGN, UNKNOWN = "0630", "0661", "9999"
ROLLOUT = "access-8b"
SERVICES = ("agreements", "notifications", "tasks")


class Surface(NamedTuple):
    """The three services in this process, behind one issuer."""

    issuer: object
    urls: dict[str, str]
    routes: dict[str, list[tuple[str, str]]]


@pytest.fixture(scope="package")
async def surface(stack, tmp_path_factory):
    async with running_issuer(tmp_path_factory.mktemp("issuer")) as issuer:
        apps = {name: app_of(name, stack, issuer) for name in SERVICES}
        ports = {name: free_port() for name in SERVICES}
        async with (
            served(apps["agreements"], ports["agreements"]) as agreements,
            served(apps["notifications"], ports["notifications"]) as notifications,
            served(apps["tasks"], ports["tasks"]) as tasks,
        ):
            urls = dict(zip(SERVICES, (agreements, notifications, tasks), strict=True))
            await _tell(stack)
            for name in SERVICES:
                await caught_up(stack.bootstrap, f"access-{name}", _app_module(name).SERVICE.reads)
            await _started(urls)
            routes = {name: routes_of(apps[name]) for name in SERVICES}
            yield Surface(issuer, urls, routes)


def app_of(name, stack, issuer):
    settings_class = importlib.import_module(f"services.{name}.settings").Settings
    settings = settings_class(
        kafka=KafkaSettings(bootstrap=stack.bootstrap),
        mongo=MongoSettings(uri=stack.mongo_uri, database=f"access_{name}"),
        http=HttpSettings(),
        access=AccessSettings(issuer=issuer.url, jwks_uri=f"{issuer.url}/jwks"),
        group=f"access-{name}",
    )
    return _app_module(name).create(settings)


def _app_module(name):
    return importlib.import_module(f"services.{name}.app")


async def _tell(stack):
    """Tell one agreement of each municipality, so that an own, a foreign and an unknown one can be asked for."""
    producer = AIOKafkaProducer(bootstrap_servers=stack.bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        for code in (OWN, FOREIGN):
            sent = EXAMPLES[EventName.AgreementSent]
            data = sent.data.model_copy(update={"agreement_id": f"AG-{code}", "sign_by": None})
            event = NewEvent(
                data=data, id=f"access-{code}", source=sent.source, time=sent.time, rollout=ROLLOUT, municipality=code
            )
            message = codec.encode(event)
            await producer.send_and_wait(message.topic, message.value, key=message.key, headers=message.headers)
    finally:
        await producer.stop()


async def _started(urls):
    """Wait until every service has seen itself connected: it reads records sooner than that."""
    async with httpx.AsyncClient(timeout=40) as client:
        for url in urls.values():
            for _ in range(100):
                answer = await client.get(f"{url}/startupz")
                if answer.status_code == httpx.codes.OK:
                    break
                await asyncio.sleep(0.2)
            answer.raise_for_status()


def path_of(template: str, code: str) -> str:
    """Return the address of a route's template, of what is there of this municipality or of `some-id`."""
    named = {"rollout": ROLLOUT, "code": code, "agreement": f"AG-{code}"}
    return re.sub(r"\{(\w+)\}", lambda match: named.get(match.group(1), "some-id"), template)
