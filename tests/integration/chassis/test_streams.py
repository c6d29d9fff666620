"""Live views over server-sent events, from the real log through the real database to a client."""

import asyncio
import json

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from contracts import codec
from contracts.access import UserRole
from contracts.codec import NewEvent
from contracts.names import EventName
from services.chassis.settings import AccessSettings, KafkaSettings, MongoSettings
from services.tasks.app import create
from services.tasks.settings import Settings
from tests.lasting import LASTING
from tests.tokens import free_port, running_issuer, served

ROLLOUT, CODE, OTHER = "streams-8b", "0630", "0661"


@pytest.fixture(scope="module")
async def issuer(tmp_path_factory):
    async with running_issuer(tmp_path_factory.mktemp("issuer")) as running:
        yield running


def app_on(stack, issuer):
    return create(
        Settings(
            kafka=KafkaSettings(bootstrap=stack.bootstrap),
            mongo=MongoSettings(uri=stack.mongo_uri, database="streams_tasks"),
            access=AccessSettings(issuer=issuer.url, jwks_uri=f"{issuer.url}/jwks"),
            group="streams-tasks",
        )
    )


@pytest.fixture(scope="module")
async def service(stack, issuer):
    async with served(app_on(stack, issuer), free_port()) as url:
        async with httpx.AsyncClient() as client:
            while (await client.get(f"{url}/readyz")).status_code != httpx.codes.OK:
                await asyncio.sleep(0.1)
        yield url


@pytest.fixture
async def tell(stack):
    """Return a function that puts an example onto the log under an id of its own and returns its position."""
    producer = AIOKafkaProducer(bootstrap_servers=stack.bootstrap, acks="all", enable_idempotence=True)
    await producer.start()

    async def one(name, event_id, code=CODE):
        example = LASTING[name]
        event = NewEvent(
            data=example.data, id=event_id, source=example.source, time=example.time, rollout=ROLLOUT, municipality=code
        )
        message = codec.encode(event)
        placed = await producer.send_and_wait(message.topic, message.value, key=message.key, headers=message.headers)
        return f"{placed.topic.removeprefix('klarmeld.')}-{placed.partition}", placed.offset

    yield one
    await producer.stop()


class Reader:
    """Reads one stream event by event."""

    def __init__(self, stream: httpx.Response) -> None:
        self._lines = stream.aiter_lines()

    async def event(self) -> dict[str, str]:
        fields: dict[str, str] = {}
        async for line in self._lines:
            if not line and "data" in fields:
                return fields
            name, _, value = line.partition(": ")
            if name:
                fields[name] = value
        raise EOFError

    async def events_until(self, partition: str, offset: int) -> list[dict[str, str]]:
        events = []
        while True:
            events.append(await self.event())
            if json.loads(events[-1]["data"])["positions"].get(partition, -1) >= offset:
                return events

    async def until(self, partition: str, offset: int) -> dict:
        return json.loads((await self.events_until(partition, offset))[-1]["data"])


async def known(client, url, code, position):
    """Wait until the view of a municipality includes a position."""
    path = f"{url}/v1/rollouts/{ROLLOUT}/municipalities/{code}"
    answer = await client.get(path, params={"after": f"{position[0]}-{position[1]}", "wait": 20})
    return answer.raise_for_status()


@pytest.fixture
async def client(issuer):
    async with httpx.AsyncClient(headers=issuer.bearer(UserRole.READ, CODE), timeout=30) as client:
        yield client


async def test_a_stream_begins_with_the_current_view_and_its_etag(service, client, tell):
    answer = await known(client, service, CODE, await tell(EventName.MunicipalityEnrolled, "s-1"))
    async with client.stream("GET", f"{service}/v1/rollouts/{ROLLOUT}/municipalities/{CODE}/stream") as stream:
        first = await Reader(stream).event()
    assert json.loads(first["data"]) == answer.json()
    assert first["id"] == answer.headers["etag"].strip('"')
    assert stream.headers["content-type"].startswith("text/event-stream")


async def test_a_newer_view_follows_when_a_fact_arrives(service, client, tell):
    await known(client, service, CODE, await tell(EventName.MunicipalityEnrolled, "s-1"))
    async with client.stream("GET", f"{service}/v1/rollouts/{ROLLOUT}/municipalities/{CODE}/stream") as stream:
        reader = Reader(stream)
        await reader.event()
        view = await reader.until(*await tell(EventName.AgreementSent, "s-2"))
    assert view["progress"]["tracks"]["agreement"]["state"] == "sent"


async def test_a_client_that_has_the_current_view_is_not_told_it_again(service, client, tell):
    answer = await known(client, service, CODE, await tell(EventName.MunicipalityEnrolled, "s-1"))
    has = answer.headers["etag"].strip('"')
    path = f"{service}/v1/rollouts/{ROLLOUT}/municipalities/{CODE}/stream"
    async with client.stream("GET", path, headers={"Last-Event-ID": has}) as stream:
        reader = Reader(stream)
        partition, offset = await tell(EventName.AgreementViewed, "s-3")
        told = await reader.events_until(partition, offset)
    assert has not in [each["id"] for each in told]


async def test_a_stream_of_a_rollout_tells_the_roll_up(service, issuer, client, tell):
    await known(client, service, CODE, await tell(EventName.MunicipalityEnrolled, "s-1"))
    headers = issuer.bearer(UserRole.COORDINATOR)
    async with client.stream("GET", f"{service}/v1/rollouts/{ROLLOUT}/stream", headers=headers) as stream:
        reader = Reader(stream)
        applicable = json.loads((await reader.event())["data"])["rollup"]["applicable"]
        await tell(EventName.MunicipalityEnrolled, "s-4", OTHER)
        while json.loads((await reader.event())["data"])["rollup"]["applicable"] == applicable:
            pass


async def test_another_municipalitys_facts_wake_nobody_else(service, client, tell):
    await known(client, service, CODE, await tell(EventName.MunicipalityEnrolled, "s-1"))
    async with client.stream("GET", f"{service}/v1/rollouts/{ROLLOUT}/municipalities/{CODE}/stream") as stream:
        reader = Reader(stream)
        await reader.event()
        await tell(EventName.AgreementSent, "s-5", OTHER)
        own = await tell(EventName.AgreementDelivered, "s-6")
        view = json.loads((await reader.event())["data"])
    assert view["positions"][own[0]] >= own[1]
    assert OTHER not in json.dumps(view["progress"])


async def test_a_stream_on_which_nothing_happens_still_says_that_it_lives(service, client, tell, monkeypatch):
    monkeypatch.setattr("fastapi.routing._PING_INTERVAL", 0.05)
    await known(client, service, CODE, await tell(EventName.MunicipalityEnrolled, "s-1"))
    async with client.stream("GET", f"{service}/v1/rollouts/{ROLLOUT}/municipalities/{CODE}/stream") as stream:
        lines = stream.aiter_lines()
        while not (await anext(lines)).startswith(":"):
            pass


async def test_a_stream_ends_when_the_token_does(service, issuer, tell):
    await tell(EventName.MunicipalityEnrolled, "s-1")
    headers = {"Authorization": f"Bearer {issuer.token(UserRole.READ, CODE, lifetime_s=2)}"}
    path = f"{service}/v1/rollouts/{ROLLOUT}/municipalities/{CODE}/stream"
    async with asyncio.timeout(30), httpx.AsyncClient(headers=headers) as client, client.stream("GET", path) as stream:
        reader = Reader(stream)
        with pytest.raises(EOFError):
            while True:
                await reader.event()


async def test_an_unknown_rollout_is_a_problem_and_no_stream(service, client):
    answer = await client.get(f"{service}/v1/rollouts/nowhere/municipalities/{CODE}/stream")
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert answer.headers["content-type"] == "application/problem+json"


async def test_streams_end_when_the_service_stops(stack, issuer, client, tell):
    app = app_on(stack, issuer)
    async with served(app, free_port()) as url:
        await known(client, url, CODE, await tell(EventName.MunicipalityEnrolled, "s-1"))
        async with client.stream("GET", f"{url}/v1/rollouts/{ROLLOUT}/municipalities/{CODE}/stream") as stream:
            reader = Reader(stream)
            await reader.event()
            app.state.parts.close()
            async with asyncio.timeout(10):
                with pytest.raises(EOFError):
                    while True:
                        await reader.event()
