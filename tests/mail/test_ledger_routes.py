"""What became of each mail, as its municipality and operations see it, and an operator's word on what is unknown."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx
import pytest

from services.chassis import clock
from services.chassis.outward.addresses import address_mark
from services.chassis.outward.ledger import Ledger
from services.chassis.settings import AccessSettings
from tests.in_process import client_of, ready
from tests.mail.post import KEY, OWNER, ROLES, SIGNER, Post
from tests.tokens import Issuer, running_issuer


class Office(NamedTuple):
    """A running service, and who calls it."""

    post: Post
    client: httpx.AsyncClient
    issuer: Issuer

    async def notifications(self, code: str, *, caller: str = "kommune-laes", own: str | None = None) -> httpx.Response:
        bearer = self.issuer.bearer(caller, (own or code) if caller.startswith("kommune") else None)
        path = f"/v1/rollouts/{self.post.rollout}/municipalities/{code}/notifications"
        return await self.client.get(path, headers=bearer)

    async def ledger(self, caller: str = "drift", **query: Any) -> httpx.Response:
        bearer = self.issuer.bearer(caller, None)
        return await self.client.get("/v1/admin/ledger", params={"rollout": self.post.rollout} | query, headers=bearer)

    async def resolve(self, **body: Any) -> dict[str, Any]:
        said = {"who": "Vagt 1", "why": "Set i postkassen"} | body
        bearer = self.issuer.bearer("drift", None)
        answer = await self.client.post("/v1/admin/ledger/resolve", json=said, headers=bearer)
        assert answer.status_code == httpx.codes.OK, answer.text
        return dict(answer.json())


@pytest.fixture
async def office(post: Post, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    async with running_issuer(tmp_path_factory.mktemp("issuer")) as issuer:
        access = AccessSettings(issuer=issuer.url, jwks_uri=f"{issuer.url}/jwks")
        async with post.service(access=access) as app, client_of(app) as client:
            await ready(client)
            yield Office(post, client, issuer)


async def unknown(post: Post, code: str) -> str:
    """Let one mail end as unknown and return its key."""
    post.server.script = lambda _: "drop"
    await post.name(code, OWNER)
    await post.enrol(code)
    await post.become({"unknown": 1, "suppressed": 2})
    post.server.accept_all()
    [entry] = await post.entries(state="unknown")
    return str(entry["_id"])


async def test_a_municipality_sees_what_became_of_its_notices(office: Office):
    await office.post.name("0210", SIGNER)
    await office.post.enrol("0210")
    await office.post.become({"sent": 1, "suppressed": 2})

    items = (await office.notifications("0210")).json()["items"]

    assert {(each["role"], each["state"], each["reason"]) for each in items} == {
        (SIGNER, "sent", None),
        *((role, "suppressed", "no_contact") for role in ROLES if role != SIGNER),
    }


async def test_another_municipality_s_notices_answer_like_those_that_do_not_exist(office: Office):
    await office.post.enrol("0217")
    await office.post.become({"suppressed": 3})

    foreign = await office.notifications("0217", own="0219")

    assert foreign.status_code == httpx.codes.NOT_FOUND


async def test_operations_see_every_notice_in_pages(office: Office):
    await office.post.enrol("0223")
    await office.post.become({"suppressed": 3})

    first = (await office.ledger(limit=2)).json()
    rest = (await office.ledger(limit=2, cursor=first["next"])).json()

    assert len({each["notification_key"] for each in first["items"] + rest["items"]}) == 3
    assert rest["next"] is None


async def test_of_an_address_operations_see_a_mark_that_is_the_same_for_the_same_address(office: Office):
    await office.post.name("0201", SIGNER)
    await office.post.enrol("0201")
    await office.post.tell("GuidancePublished")
    await office.post.become({"sent": 2, "suppressed": 4})

    items = (await office.ledger()).json()["items"]

    expected = address_mark(f"{SIGNER}.0201@kommune.example", KEY.encode())
    assert {(each["state"], each["mark"]) for each in items} == {("sent", expected), ("suppressed", None)}


async def test_no_municipality_sees_the_ledger(office: Office):
    bearer = office.issuer.bearer("kommune-behandl", "0210")

    answer = await office.client.get("/v1/admin/ledger", headers=bearer)

    assert answer.status_code == httpx.codes.FORBIDDEN


async def test_a_plan_changes_nothing(office: Office):
    key = await unknown(office.post, "0230")

    plan = await office.resolve(keys=[key], verdict="sent")

    assert (plan["executed"], plan["items"][0]["after"]) == (False, "sent")
    assert await office.post.states() == {"unknown": 1, "suppressed": 2}


async def test_an_unknown_mail_that_arrived_is_told_as_sent(office: Office):
    key = await unknown(office.post, "0240")

    await office.resolve(keys=[key], verdict="sent", execute=True)
    await office.post.become({"sent": 1, "suppressed": 2})

    assert len(await office.post.facts("NotificationSent")) == 1
    assert office.post.server.per_key[key] == 1


async def test_an_unknown_mail_is_sent_again_by_an_operator_s_word_alone(office: Office):
    key = await unknown(office.post, "0250")

    await office.resolve(keys=[key], verdict="retry", execute=True)
    await office.post.become({"sent": 1, "suppressed": 2})

    assert office.post.server.per_key[key] == 2


async def test_a_verdict_fits_only_what_is_unknown(office: Office):
    await office.post.enrol("0253")
    await office.post.become({"suppressed": 3})
    [entry, *_] = await office.post.entries()

    answer = await office.resolve(keys=[entry["_id"], "no-such-notice"], verdict="sent", execute=True)

    assert [(each["before"], each["after"]) for each in answer["items"]] == [("suppressed", None), (None, None)]


async def test_mails_leave_again_when_operations_say_so(office: Office):
    await Ledger(office.post.database).shut("restored", 1, clock.now_ms())
    assert (await office.ledger()).json()["gate"]["reason"] == "restored"

    answer = await office.resolve(reopen=True, execute=True)

    assert answer["reopened"]
    assert (await office.ledger()).json()["gate"]["reason"] is None


async def test_the_ledger_is_counted_by_state_for_prometheus(office: Office):
    await unknown(office.post, "0259")
    await office.post.tell("GuidancePublished")
    await office.post.become({"unknown": 1, "sent": 1, "suppressed": 4})

    text = (await office.client.get("/metrics")).text

    counted = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line[:1] != "#"}
    assert counted['klarmeld_ledger_entries{state="unknown"}'] >= 1
    assert counted["klarmeld_ledger_unknown_age_seconds"] > 0
