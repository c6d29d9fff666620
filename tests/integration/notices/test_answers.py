"""Answering by a mailed link on the real log and database: looking changes nothing, the link alone says for whom."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, NamedTuple

import httpx
import pytest
from pydantic import SecretStr

from contracts.examples import EXAMPLES
from contracts.names import EventName
from services.chassis import clock
from services.chassis.outward.addresses import address_mark
from services.chassis.outward.contacts import Contacts, Recipient
from services.notifications.answer_links import Answering, AnswerLinks
from services.notifications.settings import AnswerSettings
from tests.desk import OWN, Desk
from tests.in_process import client_of, ready, running_service
from tests.tokens import running_issuer

FOREIGN = "0661"
ROLE = "systemansvarlig_bogfoering"
LINKS = AnswerLinks("http://service", b"the key of this test, long enough")
ADDRESS = "drift@vejle.example"


class Invited(NamedTuple):
    """A webinar of a rollout, and who was invited to it by mail."""

    desk: Desk
    contacts: Contacts

    def link(self, **changes: Any) -> str:
        """Return the path of the mailed link, or of one for something else."""
        answering = Answering(
            rollout=self.desk.rollout,
            municipality=OWN,
            role=ROLE,
            webinar="webinar-8b",
            mark=address_mark(ADDRESS, LINKS.key),
            until=int((clock.now() + timedelta(days=1)).timestamp()),
        )
        return LINKS.link(answering.model_copy(update=changes)).removeprefix("http://service")

    async def look(self, link: str) -> httpx.Response:
        return await self.desk.client.get(link)

    async def answer(self, link: str, partstat: str = "accepted") -> httpx.Response:
        return await self.desk.client.post(link, data={"partstat": partstat})

    async def responses(self, code: str = OWN) -> list[dict[str, Any]]:
        """Return what a municipality has answered, oldest first."""
        facts = await self.desk.call("GET", f"/municipalities/{code}/facts", role="koordinator")
        found = [each for each in facts.json()["items"] if each["type"] == "dk.klarmeld.WebinarResponded.v1"]
        return [each["data"] for each in reversed(found)]


@pytest.fixture(scope="module")
async def service(stack, tmp_path_factory) -> AsyncIterator[tuple[Any, httpx.AsyncClient, Any]]:
    answers = AnswerSettings(address="http://service", key=SecretStr(LINKS.key.decode()))
    async with (
        running_issuer(tmp_path_factory.mktemp("issuer")) as issuer,
        running_service("notifications", stack, issuer, "answers_", answers=answers) as app,
        client_of(app) as client,
    ):
        await ready(client)
        yield app, client, issuer


@pytest.fixture
async def invited(service, prefix) -> Invited:
    app, client, issuer = service
    contacts = Contacts(app.state.parts.database)
    await contacts.put(OWN, ROLE, Recipient(ADDRESS))
    desk = Desk(client, issuer, f"{prefix}8b")
    body = EXAMPLES[EventName.WebinarScheduled].data.model_dump_json(exclude={"sequence"}).encode()
    assert (await desk.call("POST", "/webinars", body, role="eg")).status_code == 202
    return Invited(desk, contacts)


async def test_a_link_shows_the_invitation_and_changes_nothing(invited):
    for _ in range(2):
        page = await invited.look(invited.link())
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "»eFaktura 8b: fælles webinar« holdes 10. marts 2026 kl. 10.00" in page.text
        assert "I har ikke svaret endnu." in page.text
    assert await invited.responses() == []


async def test_the_page_is_kept_and_told_of_nowhere_and_runs_nothing(invited):
    page = await invited.look(invited.link())
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "<script" not in page.text


async def test_an_answer_is_the_municipalitys_in_the_role_of_the_link(invited):
    page = await invited.answer(invited.link())
    assert (page.status_code, "I har svaret: vi deltager." in page.text) == (200, True)
    assert await invited.responses() == [{"webinar_id": "webinar-8b", "partstat": "accepted", "by_role": ROLE}]
    assert await invited.responses(FOREIGN) == []


async def test_the_same_answer_again_is_one_answer_and_another_takes_its_place(invited):
    for partstat in ("accepted", "accepted", "declined", "declined", "accepted"):
        page = await invited.answer(invited.link(), partstat)
        assert page.status_code == 200
    assert [each["partstat"] for each in await invited.responses()] == ["accepted", "declined", "accepted"]


async def test_a_page_is_in_the_language_of_whom_it_was_sent_to(invited):
    await invited.contacts.put(OWN, ROLE, Recipient(ADDRESS, "en"))
    page = await invited.answer(invited.link(), "tentative")
    assert "You replied: maybe." in page.text


async def test_hostile_text_of_a_webinar_is_shown_as_text(invited):
    hostile = {
        **EXAMPLES[EventName.WebinarScheduled].data.model_dump(mode="json", exclude={"sequence"}),
        "webinar_id": "webinar-9",
        "title": "<script>alert(1)</script>\u202egpj",
        "additional": True,
    }
    assert (await invited.desk.call("POST", "/webinars", hostile, role="eg")).status_code == 202
    page = await invited.look(invited.link(webinar="webinar-9"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;gpj" in page.text
    assert "<script" not in page.text


async def test_a_cancelled_webinar_is_not_answered(invited):
    link = invited.link()
    await invited.desk.call("POST", "/webinars/webinar-8b/cancellation", {"reason": "Sygdom"}, role="eg")
    looked, answered = await invited.look(link), await invited.answer(link)
    assert (looked.status_code, answered.status_code) == (409, 409)
    assert "Årsag: Sygdom" in answered.text
    assert await invited.responses() == []


async def test_a_link_ends_with_the_webinar(invited):
    link = invited.link(until=int(clock.now().timestamp()) - 1)
    looked, answered = await invited.look(link), await invited.answer(link)
    assert (looked.status_code, answered.status_code) == (410, 410)
    assert await invited.responses() == []


@pytest.mark.parametrize("address", [None, "ny@vejle.example"])
async def test_a_link_ends_when_the_address_that_it_was_sent_to_is_erased_or_replaced(invited, address):
    await invited.contacts.erase(OWN, ROLE)
    if address:
        await invited.contacts.put(OWN, ROLE, Recipient(address))
    assert (await invited.answer(invited.link())).status_code == 410
    assert await invited.responses() == []


async def test_a_link_that_this_service_did_not_make_is_not_found(invited):
    answering = LINKS.read(invited.link().rpartition("/")[2])
    assert answering
    forged = AnswerLinks("", b"another key, as long as the first").link(answering)
    answers = [await invited.answer(link) for link in (forged, "/v1/answers/x", "/v1/answers/a.b.c")]
    assert [each.status_code for each in answers] == [404, 404, 404]
    assert await invited.responses() == []


async def test_a_link_to_what_was_never_planned_is_not_found(invited):
    assert (await invited.look(invited.link(webinar="webinar-9"))).status_code == 404
    assert (await invited.answer(invited.link(rollout="never-8b"))).status_code == 404


@pytest.mark.parametrize("data", [{}, {"partstat": "maybe"}, {"partstat": ""}])
async def test_an_answer_is_one_of_three(invited, data):
    refused = await invited.desk.client.post(invited.link(), data=data)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert await invited.responses() == []


async def test_without_a_key_no_link_is_known(stack, invited, tmp_path):
    async with (
        running_issuer(tmp_path) as issuer,
        running_service("notifications", stack, issuer, "answers_none_") as app,
        client_of(app) as client,
    ):
        await ready(client)
        assert (await client.get(invited.link())).status_code == 404
