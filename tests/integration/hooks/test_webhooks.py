"""Webhooks end to end: a real receiver, the real log and database, and every way in which a delivery can go wrong."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from standardwebhooks import Webhook as Verifier

from contracts.examples import example
from contracts.names import EventName
from deploy.local.children import Child
from deploy.local.services import service
from services.chassis.outward.webhook_sending import Answer, Sender
from services.notifications.webhook_settings import WebhookSettings
from tests.in_process import client_of, ready, running_service, tell
from tests.tokens import Issuer, free_port, running_issuer, served

OWN, FOREIGN = "0630", "0661"
ROUTES = (("DELETE", ""), ("POST", "/test"), ("POST", "/redrive"), ("POST", "/rotation"), ("GET", "/deliveries"))
SOON = WebhookSettings(local=True, every_s=0.1, back_off_s=0.05, lease_s=5, within_s=2)


class Receiver:
    """A municipality's portal: keeps what it is sent, and answers what the test says."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answer: Callable[[], Any] = lambda: Response(status_code=204)
        self.url = ""
        self.app = FastAPI()
        self.app.post("/hook")(self._take)

    async def _take(self, request: Request) -> Response:
        self.got.append((dict(request.headers), await request.body()))
        answer = self.answer()
        return await answer if asyncio.iscoroutine(answer) else answer

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]

    async def have(self, count: int) -> None:
        """Wait for so many messages."""
        await until(lambda: len(self.got) >= count)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.02)


class Office(NamedTuple):
    """A running service, who calls it, and the rollout of one test."""

    app: Any
    client: httpx.AsyncClient
    issuer: Issuer
    rollout: str

    async def call(
        self, method: str, path: str = "", *, code: str = OWN, caller: str = "kommune-behandl", **more: Any
    ) -> httpx.Response:
        bearer = self.issuer.bearer(caller, OWN if caller.startswith("kommune") else None)
        return await self.client.request(method, f"/v1/municipalities/{code}/webhooks{path}", headers=bearer, **more)

    async def hook(self, url: str) -> dict[str, Any]:
        answer = await self.call("POST", json={"url": url})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def state(self, hook: str) -> str:
        return next(each["state"] for each in (await self.call("GET")).json()["items"] if each["id"] == hook)

    async def becomes(self, hook: str, state: str) -> None:
        async with asyncio.timeout(60):
            while await self.state(hook) != state:
                await asyncio.sleep(0.05)

    async def deliveries(self, hook: str) -> list[dict[str, Any]]:
        return list((await self.call("GET", f"/{hook}/deliveries")).json()["items"])

    async def happens(self, *names: EventName) -> None:
        await tell(self.app, *(example(name, rollout=self.rollout) for name in names))


@pytest.fixture(scope="module")
async def running(stack, tmp_path_factory) -> AsyncIterator[Office]:
    async with (
        running_issuer(tmp_path_factory.mktemp("issuer")) as issuer,
        running_service("notifications", stack, issuer, "hooks_", webhooks=SOON) as app,
        client_of(app) as client,
    ):
        await ready(client)
        yield Office(app, client, issuer, "")


@pytest.fixture
async def office(running, prefix) -> AsyncIterator[Office]:
    office = running._replace(rollout=f"{prefix}8b")
    store = running.app.state.parts.store
    await store.collection((await store.generation()).live).delete_many({})  # rollouts of other tests are no news here
    yield office
    for each in (await office.call("GET")).json()["items"]:
        await office.call("DELETE", f"/{each['id']}")


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with served(receiver.app, free_port()) as url:
        receiver.url = f"{url}/hook"
        yield receiver


def stage(message: tuple[dict[str, str], bytes]) -> str:
    return str(json.loads(message[1])["data"]["progress"]["stage"])


async def test_a_portal_is_told_the_newest_view_signed_by_its_key(office, receiver):
    hook = await office.hook(receiver.url)
    await office.happens(EventName.MunicipalityEnrolled)
    await receiver.have(1)
    headers, body = receiver.got[0]
    said = Verifier(hook["secret"]).verify(body, headers)
    assert (said["type"], said["data"]["rollout"]) == ("municipality.view.changed", office.rollout)
    assert said["data"]["municipality"] == OWN


async def test_the_same_fact_told_again_is_no_news(office, receiver):
    await office.happens(EventName.MunicipalityEnrolled)
    await office.hook(receiver.url)
    await receiver.have(1)
    await office.happens(*[EventName.MunicipalityEnrolled] * 20, EventName.AgreementSent)
    await until(lambda: stage(receiver.got[-1]) == "to_sign")
    assert len(receiver.got) == 2


async def test_what_came_while_a_portal_was_down_is_one_message_with_the_newest_view(office, receiver):
    receiver.answer = lambda: Response(status_code=503)
    hook = await office.hook(receiver.url)
    await office.happens(EventName.MunicipalityEnrolled)
    await receiver.have(1)
    await office.happens(EventName.AgreementSent)
    receiver.answer = lambda: Response(status_code=204)
    await until(lambda: stage(receiver.got[-1]) == "to_sign")
    await office.becomes(hook["id"], "active")
    assert (await office.deliveries(hook["id"]))[0]["taken"]


async def test_a_message_that_is_tried_again_has_the_same_id_and_body(office, receiver):
    answers = iter([500, 500])
    receiver.answer = lambda: Response(status_code=next(answers, 204))
    hook = await office.hook(receiver.url)
    await office.happens(EventName.MunicipalityEnrolled)
    await receiver.have(3)
    assert len(set(receiver.ids)) == len({body for _, body in receiver.got}) == 1
    await office.becomes(hook["id"], "active")
    assert [each["attempt"] for each in await office.deliveries(hook["id"])] == [3, 2, 1]


async def test_a_portal_that_never_answers_is_left_after_the_time_allowed(office, receiver):
    receiver.answer = lambda: asyncio.sleep(10, Response(status_code=204))
    hook = await office.hook(receiver.url)
    answer = await office.call("POST", f"/{hook['id']}/test")
    assert (answer.json()["taken"], answer.json()["fault"]) == (False, "timeout")


async def test_a_redirect_is_not_followed(office, receiver):
    receiver.answer = lambda: Response(status_code=307, headers={"Location": receiver.url})
    hook = await office.hook(receiver.url)
    answer = await office.call("POST", f"/{hook['id']}/test")
    assert (answer.json()["taken"], answer.json()["status"], len(receiver.got)) == (False, 307, 1)


async def test_an_endless_answer_is_not_read(office, receiver):
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 65_536
            await asyncio.sleep(0.01)

    receiver.answer = lambda: StreamingResponse(endless())
    hook = await office.hook(receiver.url)
    assert (await office.call("POST", f"/{hook['id']}/test")).json()["taken"]


async def test_after_a_rotation_both_keys_verify_a_message_and_neither_is_shown_again(office, receiver):
    hook = await office.hook(receiver.url)
    rotated = (await office.call("POST", f"/{hook['id']}/rotation")).json()
    await office.call("POST", f"/{hook['id']}/test")
    headers, body = receiver.got[0]
    for key in (hook["secret"], rotated["secret"]):
        assert Verifier(key).verify(body, headers)["type"] == "webhook.test"
    assert hook["secret"] != rotated["secret"]
    assert "whsec_" not in (await office.call("GET")).text


async def test_a_webhook_that_fails_for_too_long_rests_until_it_is_asked_to_begin_again(office, receiver):
    receiver.answer = lambda: Response(status_code=500)
    hook = await office.hook(receiver.url)
    await office.happens(EventName.MunicipalityEnrolled)
    await office.becomes(hook["id"], "failing")
    long_ago = {"$set": {"failing.since": 0, "failing.next_at": 0}}
    webhooks = office.app.state.parts.database["webhooks"]
    async with asyncio.timeout(60):
        # one that is being sent at this moment is left alone
        while not (await webhooks.update_one({"_id": hook["id"], "lease.until": 0}, long_ago)).matched_count:
            await asyncio.sleep(0.01)
    await office.becomes(hook["id"], "disabled")
    receiver.answer = lambda: Response(status_code=204)
    await office.call("POST", f"/{hook['id']}/redrive")
    await office.becomes(hook["id"], "active")
    await until(lambda: len(set(receiver.ids)) == 1 and len(receiver.got) > 1)


async def test_a_portal_that_is_gone_is_told_no_more(office, receiver):
    receiver.answer = lambda: Response(status_code=410)
    hook = await office.hook(receiver.url)
    await office.happens(EventName.MunicipalityEnrolled)
    await office.becomes(hook["id"], "disabled")
    [shown] = (await office.call("GET")).json()["items"]
    assert (shown["disabled_because"], len(receiver.got)) == ("gone", 1)


async def test_a_redrive_sends_the_present_view_once_more(office, receiver):
    hook = await office.hook(receiver.url)
    await office.happens(EventName.MunicipalityEnrolled)
    await receiver.have(1)
    await office.call("POST", f"/{hook['id']}/redrive")
    await receiver.have(2)
    assert stage(receiver.got[0]) == stage(receiver.got[1])
    assert len(set(receiver.ids)) == 2


async def test_two_replicas_send_one_message_for_one_change(office, receiver, stack):
    await office.hook(receiver.url)
    async with running_service("notifications", stack, office.issuer, "hooks_", webhooks=SOON) as second:
        async with client_of(second) as client:
            await ready(client)
        for name in (EventName.MunicipalityEnrolled, EventName.AgreementSent, EventName.AgreementSigned):
            seen = len(receiver.got)
            await office.happens(name)
            await receiver.have(seen + 1)
        await until(lambda: stage(receiver.got[-1]) == "to_configure")
    assert len(receiver.got) == 3


async def test_killed_between_sending_and_noting_it_is_sent_again_under_the_same_id(office, receiver, stack, prefix):
    own = {
        **office.issuer.environment,
        "KLARMELD_MONGO__DATABASE": f"{prefix}killed",
        "KLARMELD_GROUP": f"{prefix}killed",
        **{f"KLARMELD_WEBHOOKS__{name.upper()}": str(value) for name, value in SOON.model_dump().items()},
    }
    recipe = service("notifications", stack, port=free_port(), settings=own).recipe
    dies = (*recipe.argv[:3], "tests.faults.disturbed_service", "notifications", "crash", "webhook_sent", "1")
    first, second = Child(replace(recipe, argv=dies)), Child(recipe)
    await first.start()
    bearer = office.issuer.bearer("kommune-behandl", OWN)
    path = f"http://127.0.0.1:{next(iter(recipe.ports.values()))}/v1/municipalities/{OWN}/webhooks"
    async with httpx.AsyncClient() as client:
        await client.post(path, json={"url": receiver.url}, headers=bearer)
    await office.happens(EventName.MunicipalityEnrolled)
    await first.ended()
    await receiver.have(1)
    await second.start()
    try:
        await until(lambda: receiver.ids.count(receiver.ids[0]) == 2)
    finally:
        await second.stop()
    assert len({body for headers, body in receiver.got if headers["webhook-id"] == receiver.ids[0]}) == 1


async def test_a_municipality_has_so_many_webhooks_and_no_more(office, receiver):
    answers = await asyncio.gather(*(office.call("POST", json={"url": receiver.url}) for _ in range(8)))
    assert sorted(each.status_code for each in answers) == [201] * 5 + [409] * 3


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://169.254.169.254/", "https://a:b@x.example/", "x"])
async def test_a_hostile_address_is_refused_and_named(office, url):
    answer = await office.call("POST", json={"url": url})
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/url"]


@pytest.mark.parametrize(
    ("method", "rest"),
    [("DELETE", ""), ("POST", "/test"), ("POST", "/redrive"), ("POST", "/rotation"), ("GET", "/deliveries")],
)
async def test_another_municipalitys_webhook_answers_like_none(office, receiver, method, rest):
    hook = await office.hook(receiver.url)
    foreign, unknown = [await office.call(method, f"/{hook['id']}{rest}", code=code) for code in (FOREIGN, "9999")]
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    assert await office.state(hook["id"]) == "active"


async def test_who_only_reads_makes_no_webhook(office, receiver):
    assert (await office.call("POST", json={"url": receiver.url}, caller="kommune-laes")).status_code == 403
    assert (await office.call("GET", caller="kommune-laes")).json() == {"items": []}


async def test_a_name_that_resolves_to_an_inner_address_is_not_reached():
    for addresses in (["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:169.254.169.254"], []):

        async def resolve(_host: str, _port: int, found: list[str] = addresses) -> list[str]:
            return found

        sender = Sender(local=False, resolve=resolve)
        assert await sender.post("https://portal.example/", {}, b"") == Answer(None, "target_refused")


async def test_the_address_that_was_judged_is_the_one_that_is_reached(receiver):
    asked = []

    async def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    url = receiver.url.replace("127.0.0.1", "portal.example")
    headers = {"webhook-id": "1"}
    assert (await Sender(local=True, resolve=resolve).post(url, headers, b"{}")).taken
    assert asked == ["portal.example"]
    assert receiver.got[0][0]["host"].startswith("portal.example")
