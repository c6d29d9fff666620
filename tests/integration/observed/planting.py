"""Plants what somebody wrote wherever it can come in: doors, commands, the log, forms, webhooks and mails."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI, Request, Response

from contracts import codec
from contracts.examples import example
from contracts.names import EventName
from tests.faults import log
from tests.integration.observed.conftest import ROLLOUT, Observed
from tests.integration.portal.conftest import form_of
from tests.mail_server import Taken
from tests.tokens import free_port, served
from tests.waiting import until

CODE = "0630"
#: Planted, each with marks of its own, so that what is found says from where it came.
BODY, NAME, TOKEN = "canary-body-4711", "canary-name-4711", "canary-token-4711"
ADDRESS, SECRET, STATE = "canary-address-4711@vejle.example", "canary-secret-4711", "canary-state-4711"
ANY = "canary-"
VIEW = f"/v1/rollouts/{ROLLOUT}/municipalities/{CODE}"
#: Whoever hears by mail, and at which webhook.
ROLE, OTHER, HEARS = "aftaleadministrator", "systemansvarlig_bogfoering", "canary-other-4711@vejle.example"
#: All that is planted over HTTP is of one trace.
TRACED = {"traceparent": f"00-{'9' * 32}-{'9' * 16}-01"}


def answered(mail: Taken) -> str:
    """Take the mails to one address; refuse the others in words that repeat where they go."""
    return "accept" if mail.recipient == HEARS else f"554 Nobody is called {NAME} at {ADDRESS}"


def finds(text: str) -> list[str]:
    """Return the lines in which something that was planted stands."""
    return [line for line in text.splitlines() if ANY in line]


async def planted(observed: Observed) -> list[httpx.Response]:
    """Tell, command, refuse and err with a canary in each place; returns the refusals."""
    own = observed.issuer.bearer("kommune-behandl", CODE)
    traced = TRACED | {"tracestate": f"eg={STATE}", "baggage": f"name={STATE}"}
    enrolled = codec.structured(example(EventName.MunicipalityEnrolled, id="c-1", rollout=ROLLOUT, municipality=CODE))
    unknown = enrolled | {"data": enrolled["data"] | {"name": NAME}}
    wrong = enrolled | {"data": enrolled["data"] | {"erp": BODY}}
    cloudevent = {"Content-Type": "application/cloudevents+json", **traced}
    tell = "/v1/events"
    contact = f"/v1/municipalities/{CODE}/contacts/{ROLE}"
    answers = [
        await observed.call("agreements", "POST", tell, content=json.dumps(unknown), headers=cloudevent),
        await observed.call("agreements", "POST", tell, content=json.dumps(wrong), headers=cloudevent),
        await observed.call("agreements", "POST", tell, content=BODY, headers=cloudevent),
        await observed.call("notifications", "PUT", contact, who=own, json={"address": ADDRESS}, headers=traced),
        await observed.call("notifications", "PUT", contact, who=own, json={"address": f"{NAME} no address"}),
        await observed.call(
            "notifications", "POST", f"/v1/municipalities/{CODE}/webhooks", who=own,
            json={"url": f"http://user:{SECRET}@127.0.0.1/{SECRET}"}, headers=traced,
        ),
        await observed.call("tasks", "POST", f"{VIEW}/local-items", who=own, json={"text": BODY}, headers=traced),
        await observed.call("tasks", "POST", f"{VIEW}/orientations", who=own, json={"role": NAME}, headers=traced),
        await observed.call("tasks", "GET", f"{VIEW}?as_of={SECRET}", headers=traced),
        await observed.call("tasks", "GET", VIEW, who={"Authorization": f"Bearer {TOKEN}"}, headers=traced),
        await observed.call("portal", "GET", f"/hjaelp?x={SECRET}", headers=traced | {"Cookie": f"klarmeld={TOKEN}"}),
    ]  # fmt: skip
    sent = codec.encode(example(EventName.AgreementSent, id="c-2", rollout=ROLLOUT, municipality=CODE))
    broken = sent._replace(value=json.dumps({"agreement_id": BODY, "supplier": NAME}).encode())
    named = sent._replace(key=SECRET.encode(), headers=[*sent.headers, ("x-token", TOKEN.encode())])
    await log.tell(observed.stack.bootstrap, [broken, named])
    position = answers[0].json()["events"][0]["position"]
    await observed.call("tasks", "GET", f"{VIEW}?after={position}&wait=30")
    await log.caught_up(observed.stack.bootstrap, "observed-tasks", ("klarmeld.agreements", "klarmeld.tasks"))
    return answers


async def typed_into_forms(observed: Observed) -> None:
    """Say something, and something that is refused, by the forms of the portal."""
    page, contacts = f"/kommune/{CODE}", f"/kommune/{CODE}/kontakter"
    html = TRACED | {"Accept": "text/html"}
    async with observed.browser(f"kommune-behandl:{CODE}") as browser:
        item = form_of(await browser.get(page, headers=html), f"{page}/lokale-punkter")
        said = await browser.post(item.action, data=item.fields | {"text": BODY}, headers=html)
        address = form_of(await browser.get(contacts, headers=html), contacts)
        kept = await browser.post(
            contacts, data=address.fields | {"role": OTHER, "address": HEARS, "language": "da"}, headers=html
        )
        wrong = await browser.post(
            contacts, data=address.fields | {"role": ROLE, "address": f"{NAME} is none"}, headers=html
        )
        foreign = await browser.post(item.action, data={"text": BODY, "csrf": SECRET}, headers=html)
    statuses = [each.status_code for each in (said, kept, wrong, foreign)]
    assert statuses[:3] == [200, 200, 422], [each.text for each in (said, kept, wrong)]
    assert foreign.is_client_error


async def sent_out(observed: Observed) -> None:
    """Have a mail taken and one refused, and a webhook answered by an error, in words of somebody else's."""
    async with receiver() as (url, got):
        own = observed.issuer.bearer("kommune-behandl", CODE)
        hooks = f"/v1/municipalities/{CODE}/webhooks"
        made = await observed.call("notifications", "POST", hooks, who=own, json={"url": url})
        assert made.status_code == httpx.codes.CREATED, made.text
        agreement = example(EventName.AgreementSent, id="c-3", rollout=ROLLOUT, municipality=CODE)
        await log.tell(observed.stack.bootstrap, [codec.encode(agreement)])
        await until(lambda: bool(got), within_s=90)
        await until(lambda: {ADDRESS, HEARS} <= {each.recipient for each in observed.mails.seen}, within_s=90)
        gone = await observed.call("notifications", "DELETE", f"{hooks}/{made.json()['id']}", who=own)
        assert gone.is_success, gone.text


@asynccontextmanager
async def receiver() -> AsyncIterator[tuple[str, list[bytes]]]:
    """Run a webhook of somebody's whose address is a secret and whose answers are errors in words."""
    app, got = FastAPI(), list[bytes]()

    @app.post(f"/{SECRET}")
    async def take(request: Request) -> Response:
        got.append(await request.body())
        return Response(BODY, 500, headers={"X-Why": NAME})

    async with served(app, free_port()) as url:
        yield f"{url}/{SECRET}", got
