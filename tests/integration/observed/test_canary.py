"""What somebody wrote is planted wherever it can come in, and found in no log line, span, metric or refusal."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterable

import httpx
import pytest

from contracts import codec
from contracts.examples import example
from contracts.names import EventName
from tests.faults import log
from tests.integration.observed.conftest import ROLLOUT, Observed
from tests.integration.portal.conftest import Browser, form_of

CODE = "0630"
#: Planted, each with marks of its own, so that what is found says from where it came.
BODY, NAME, TOKEN = "canary-body-4711", "canary-name-4711", "canary-token-4711"
ADDRESS, SECRET, STATE = "canary-address-4711@vejle.example", "canary-secret-4711", "canary-state-4711"
ANY = "canary-"
VIEW = f"/v1/rollouts/{ROLLOUT}/municipalities/{CODE}"


def holding(lines: Iterable[str]) -> list[str]:
    """Return the lines that hold a canary, whichever."""
    return [each for each in lines if ANY in each]


async def planted(observed: Observed) -> list[httpx.Response]:
    """Tell, command, refuse and err with a canary in each place; returns the refusals."""
    own = observed.issuer.bearer("kommune-behandl", CODE)
    observed.mails.script = lambda _: f"554 Nobody is called {NAME} at {ADDRESS}"
    traced = {"traceparent": f"00-{'9' * 32}-{'9' * 16}-01", "tracestate": f"eg={STATE}", "baggage": f"name={STATE}"}
    enrolled = codec.structured(example(EventName.MunicipalityEnrolled, id="c-1", rollout=ROLLOUT, municipality=CODE))
    unknown = enrolled | {"data": enrolled["data"] | {"name": NAME}}
    wrong = enrolled | {"data": enrolled["data"] | {"erp": BODY}}
    cloudevent = {"Content-Type": "application/cloudevents+json", **traced}
    tell = "/v1/events"
    contact = f"/v1/municipalities/{CODE}/contacts/aftaleadministrator"
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
    await mailed(observed)
    await typed(observed)
    position = answers[0].json()["events"][0]["position"]
    await observed.call("tasks", "GET", f"{VIEW}?after={position}&wait=30")
    await log.caught_up(observed.stack.bootstrap, "observed-tasks", ("klarmeld.agreements", "klarmeld.tasks"))
    return answers


async def mailed(observed: Observed) -> None:
    """Wait until a mail to the canary's address has been offered, which its server refuses by name."""
    async with asyncio.timeout(90):
        while not any(each.recipient == ADDRESS for each in observed.mails.seen):
            await asyncio.sleep(0.1)


async def typed(observed: Observed) -> None:
    """Type a canary into forms of the portal: one that is carried out, one that is not."""
    page = f"/kommune/{CODE}"
    async with httpx.AsyncClient(base_url=observed.urls["portal"], follow_redirects=True, timeout=60) as client:
        browser = Browser(client)
        await browser.sign_in(f"kommune-behandl:{CODE}")
        form = form_of(await browser.open(page), f"{page}/lokale-punkter")
        assert BODY in (await browser.send(form, text=f"{BODY} typed")).text
        assert (await browser.send(form, text=f"{BODY} typed", csrf=TOKEN)).status_code == httpx.codes.FORBIDDEN


@pytest.fixture(scope="module")
async def refused(observed: Observed) -> list[httpx.Response]:
    answers = await planted(observed)
    taken = [each.status_code for each in answers]
    assert taken == [202, 422, 422, 200, 422, 422, 202, 422, 422, 401, 200], [each.text for each in answers]
    return [each for each in answers if each.is_error]


async def test_no_refusal_repeats_what_was_sent(refused: list[httpx.Response]):
    assert [each.text for each in refused if ANY in each.text] == []


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize("name", ["agreements", "notifications", "tasks", "portal"])
async def test_no_line_of_a_log_holds_it(observed: Observed, name: str):
    lines = observed.lines(name).splitlines()

    assert lines
    assert holding(lines) == []


@pytest.mark.usefixtures("refused")
async def test_what_became_of_a_refused_mail_is_logged_without_its_address(observed: Observed):
    lines = observed.lines("notifications").splitlines()

    assert [each for each in lines if '"concluded"' in each and '"failed"' in each]
    assert holding(lines) == []


def test_a_body_that_somebody_logs_is_found():
    """The search that the others rest on would bite."""
    leaking = [
        "from services.chassis import logs",
        "logs.configure('leaking', 'DEBUG')",
        f"logs.logger('leak').debug('heard', body='{BODY}')",
    ]
    told = subprocess.run([sys.executable, "-c", "\n".join(leaking)], capture_output=True, text=True, check=True)

    assert len(holding(told.stdout.splitlines())) == 1


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize("name", ["agreements", "notifications", "tasks"])
async def test_no_metric_holds_it(observed: Observed, name: str):
    told = (await observed.call(name, "GET", "/metrics")).text

    assert "klarmeld_http_requests_total" in told
    assert ANY not in told


@pytest.mark.usefixtures("refused")
async def test_no_span_holds_it(observed: Observed):
    await observed.collector.until(lambda each: each.trace_id == "9" * 32 and each.service == "portal")
    await observed.collector.until(lambda each: each.trace_id == "9" * 32 and each.service == "notifications")

    assert not [each for each in observed.collector.raw if ANY.encode() in each]
