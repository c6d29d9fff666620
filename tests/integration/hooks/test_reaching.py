"""Where webhooks may go and whose they are."""

import asyncio

import pytest

from services.chassis.outward.webhook_sending import Answer, Sender
from tests.integration.hooks.office import FOREIGN


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
