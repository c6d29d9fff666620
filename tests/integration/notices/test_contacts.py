"""Contacts on the real database: a municipality names, changes and erases who hears, and nothing else holds it."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import pytest

from contracts.roles import Role
from services.chassis.outward.contacts import Contacts, Recipient
from tests.in_process import client_of, ready, running_service
from tests.tokens import Issuer, running_issuer

OWN, FOREIGN = "0630", "0661"
ROLE = "aftaleadministrator"


class Office(NamedTuple):
    """A running service and who calls it about contacts."""

    app: Any
    client: httpx.AsyncClient
    issuer: Issuer

    async def call(
        self, method: str, body: Any = None, *, role: str = ROLE, code: str = OWN, caller: str = "kommune-behandl"
    ) -> httpx.Response:
        bearer = self.issuer.bearer(caller, OWN if caller.startswith("kommune") else None)
        path = f"/v1/municipalities/{code}/contacts/{role}"
        return await self.client.request(method, path, json=body, headers=bearer)

    @property
    def contacts(self) -> Contacts:
        return Contacts(self.app.state.parts.database)


@pytest.fixture(scope="module")
async def office(stack, tmp_path_factory) -> AsyncIterator[Office]:
    async with (
        running_issuer(tmp_path_factory.mktemp("issuer")) as issuer,
        running_service("notifications", stack, issuer, "contacts_") as app,
        client_of(app) as client,
    ):
        await ready(client)
        yield Office(app, client, issuer)


@pytest.fixture(autouse=True)
async def _nobody_named(office):
    for role in Role:
        await office.contacts.erase(OWN, role)


def contact(**changes: Any) -> dict[str, Any]:
    return {"address": "aftaler@vejle.example", "language": "en", "digest": True, "paused": True} | changes


async def test_a_role_hears_at_the_address_that_its_municipality_named(office):
    answer = await office.call("PUT", contact())
    assert (answer.status_code, answer.json()) == (200, {"municipality": OWN, "role": ROLE, **contact()})
    assert (await office.call("GET")).json() == answer.json()
    assert await office.contacts.recipients(OWN, ROLE) == Recipient("aftaler@vejle.example", "en", True, True)


async def test_mails_are_danish_at_once_and_no_digest_unless_said(office):
    answer = await office.call("PUT", {"address": "aftaler@vejle.example"})
    assert answer.json() | {"language": "da", "digest": False, "paused": False} == answer.json()


async def test_a_role_that_nobody_hears_for_is_not_there(office):
    assert (await office.call("GET")).status_code == 404
    assert await office.contacts.recipients(OWN, ROLE) is None


async def test_a_later_contact_takes_the_place_of_the_earlier_whole(office):
    await office.call("PUT", contact())
    await office.call("PUT", {"address": "ny@vejle.example"})
    assert await office.contacts.recipients(OWN, ROLE) == Recipient("ny@vejle.example")


async def test_each_role_has_a_contact_of_its_own(office):
    for role in Role:
        await office.call("PUT", {"address": f"{role}@vejle.example"}, role=role)
    await office.call("DELETE")
    named = {role: each.address for (code, role), each in (await office.contacts.every()).items() if code == OWN}
    assert named == {role: f"{role}@vejle.example" for role in Role if role != ROLE}


async def test_an_erased_contact_is_gone_and_erasing_again_changes_nothing(office):
    await office.call("PUT", contact())
    answers = [await office.call("DELETE") for _ in range(2)]
    assert [(each.status_code, each.json()["erased"]) for each in answers] == [(200, True), (200, False)]
    assert (await office.call("GET")).status_code == 404


async def test_a_domain_of_danish_letters_is_kept_as_the_dns_spells_it(office):
    answer = await office.call("PUT", contact(address="post@Rødovre.example"))
    assert answer.json()["address"] == "post@xn--rdovre-bya.example"


BAD = {
    "a header of one's own": contact(address="a@vejle.example\r\nBcc: b@vejle.example"),
    "two addresses": contact(address="a@vejle.example, b@vejle.example"),
    "no address": contact(address="vejle.example"),
    "a long address": contact(address="a" * 250 + "@vejle.example"),
    "a number": contact(address=7),
    "another language": contact(language="de"),
    "a text for a choice": contact(paused="true"),
    "a name beside it": contact(name="Anne Hansen"),
    "nothing": {},
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
async def test_a_bad_contact_is_refused_and_neither_kept_nor_repeated(office, body):
    refused = await office.call("PUT", body)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert "vejle.example" not in refused.text
    assert (await office.call("GET")).status_code == 404


async def test_a_role_that_the_card_does_not_know_has_no_contact(office):
    assert (await office.call("PUT", contact(), role="borgmester")).status_code == 422


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_another_municipalitys_contact_answers_like_one_that_does_not_exist(office, method):
    await office.contacts.put(FOREIGN, ROLE, Recipient("aftaler@holstebro.example"))
    body = contact() if method == "PUT" else None
    foreign, unknown = [await office.call(method, body, code=code) for code in (FOREIGN, "9999")]
    assert (foreign.status_code, foreign.content) == (404, unknown.content)
    assert await office.contacts.recipients(FOREIGN, ROLE) == Recipient("aftaler@holstebro.example")


@pytest.mark.parametrize("caller", ["kommune-laes", "koordinator", "eg", "drift"])
async def test_nobody_but_those_who_act_for_the_municipality_reaches_its_contacts(office, caller):
    answers = [await office.call(method, contact(), caller=caller) for method in ("GET", "PUT", "DELETE")]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


async def test_contacts_stay_whatever_generation_is_live(office, prefix):
    await office.call("PUT", contact())
    store = office.app.state.parts.store
    generation = await store.generation()
    await store.prepare_collection(f"progress_{prefix}")
    assert await store.repoint(generation, generation._replace(live=f"progress_{prefix}"))
    try:
        await office.app.state.parts.database.drop_collection(generation.live)
        assert (await office.call("GET")).json()["address"] == "aftaler@vejle.example"
    finally:
        assert await store.repoint(await store.generation(), generation)
