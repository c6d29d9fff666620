"""A trace is followed from EG's event over the log to the live page, as a collector of OTLP sees it."""

import asyncio
import json

import httpx

from contracts import codec
from contracts.examples import example
from contracts.names import EventName
from deploy.local.services import service
from tests.integration.observed.conftest import ROLLOUT, Observed
from tests.tokens import free_port

CODE = "0630"
VIEW = f"/v1/rollouts/{ROLLOUT}/municipalities/{CODE}"
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def context(trace: str, *, sampled: bool = True) -> dict[str, str]:
    return {"traceparent": f"00-{trace}-{CALLER}-{'01' if sampled else '00'}"}


async def told(
    observed: Observed,
    event_id: str,
    trace: str,
    *,
    sampled: bool = True,
    name: EventName = EventName.AgreementViewed,
) -> str:
    """Tell an event at the door of agreements and wait until tasks shows it; returns its position."""
    event = codec.structured(example(name, id=event_id, rollout=ROLLOUT, municipality=CODE))
    headers = context(trace, sampled=sampled) | {"Content-Type": "application/cloudevents+json"}
    answer = await observed.call("agreements", "POST", "/v1/events", content=json.dumps(event), headers=headers)
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text
    position: str = answer.json()["events"][0]["position"]
    seen = await observed.call("tasks", "GET", f"{VIEW}?after={position}&wait=30")
    assert seen.status_code == httpx.codes.OK, seen.text
    return position


async def test_an_event_is_followed_from_the_door_over_the_log_to_the_store_and_the_live_page(observed: Observed):
    await told(observed, "traced-0", "0" * 31 + "1", sampled=False)  # so that there is something to look at
    url = observed.urls["tasks"] + VIEW + "/stream"
    async with (
        httpx.AsyncClient(timeout=60) as client,
        client.stream("GET", url, headers=observed.issuer.bearer("eg") | context("1" * 32)) as live,
    ):
        lines = live.aiter_lines()
        await anext(lines)
        await told(observed, "traced-1", TRACE)

        seen = observed.collector
        door = await seen.until(lambda each: each.name == "POST /v1/events" and each.trace_id == TRACE)
        publish = await seen.until(lambda each: each.name == "publish" and each.trace_id == TRACE)
        put = (TRACE, publish.span_id)
        batch = await seen.until(lambda each: (each.service, each.name) == ("tasks", "batch") and put in each.links)
        written = await seen.until(lambda each: each.name.startswith("store") and each.trace_id == batch.trace_id)
        page = await seen.until(lambda each: (written.trace_id, written.span_id) in each.links)

    assert (door.service, door.parent_id, publish.parent_id) == ("agreements", CALLER, door.span_id)
    assert written.parent_id == batch.span_id
    assert (page.name, page.trace_id) == ("live view", "1" * 32)


async def test_an_event_of_egs_is_followed_over_the_log_to_the_portals_page_that_shows_it(observed: Observed):
    await told(observed, "shown-e", "0" * 31 + "2", sampled=False, name=EventName.MunicipalityEnrolled)
    stream, page = f"/kommune/{CODE}/stream", f"/kommune/{CODE}"
    async with (
        observed.browser(f"kommune-behandl:{CODE}") as browser,
        browser.stream("GET", stream, headers=context("b" * 32)) as live,
    ):
        lines = live.aiter_lines()
        assert await anext(lines) == "retry: 2000"
        position = await told(observed, "shown-1", "a" * 32)
        while position not in await anext(lines):
            pass  # an earlier view, or nothing new for a while
        shown = await browser.get(page, headers=context("c" * 32))
    assert shown.status_code == httpx.codes.OK
    assert position in shown.text

    seen = observed.collector
    door = await seen.until(lambda each: each.name == "POST /v1/events" and each.trace_id == "a" * 32)
    publish = await seen.until(lambda each: each.name == "publish" and each.parent_id == door.span_id)
    put = ("a" * 32, publish.span_id)
    batch = await seen.until(lambda each: (each.service, each.name) == ("tasks", "batch") and put in each.links)
    stored = await seen.until(lambda each: each.name.startswith("store") and each.parent_id == batch.span_id)
    view = await seen.until(lambda each: (stored.trace_id, stored.span_id) in each.links and each.trace_id == "b" * 32)
    told_by = await seen.until(lambda each: each.span_id == view.parent_id)
    passed_on = await seen.until(lambda each: each.span_id == told_by.parent_id)
    opened = await seen.until(lambda each: each.service == "portal" and each.trace_id == "c" * 32)
    asked = await seen.until(lambda each: each.service == "tasks" and each.trace_id == "c" * 32)

    assert (told_by.service, passed_on.service) == ("tasks", "portal")
    assert (passed_on.name, passed_on.parent_id) == ("GET /kommune/{code}/stream", CALLER)
    assert (opened.name, opened.parent_id) == ("GET /kommune/{code}", CALLER)
    assert asked.parent_id == opened.span_id


async def test_a_command_leaves_where_it_began_in_its_event_and_who_published_it_beside_that(observed: Observed):
    await told(observed, "traced-e", "8" * 32, name=EventName.MunicipalityEnrolled)
    answer = await observed.call(
        "tasks", "POST", f"{VIEW}/local-items", who=observed.issuer.bearer("kommune-behandl", CODE),
        json={"text": "Ring til banken"}, headers=context("2" * 32),
    )  # fmt: skip
    assert answer.status_code == httpx.codes.ACCEPTED, answer.text

    publish = await observed.collector.until(lambda each: each.name == "publish" and each.trace_id == "2" * 32)
    names = [dict(each.headers) for each in await observed.records()]
    (said,) = [each for each in names if each["ce_id"] == answer.json()["event_id"].encode()]
    assert said["traceparent"] == f"00-{'2' * 32}-{publish.span_id}-01".encode()
    assert said["ce_traceparent"].startswith(f"00-{'2' * 32}-".encode())


async def test_a_line_of_the_log_names_its_trace(observed: Observed):
    position = await told(observed, "traced-2", "3" * 32)

    lines = [json.loads(line) for line in observed.lines("agreements").splitlines() if '"published"' in line]
    (line,) = [each for each in lines if each["position"] == position]
    publish = await observed.collector.until(lambda each: each.name == "publish" and each.trace_id == "3" * 32)
    assert (line["trace_id"], line["span_id"]) == ("3" * 32, publish.span_id)


async def test_a_page_of_the_portal_goes_on_with_the_context_of_who_asks(observed: Observed):
    answer = await observed.call("portal", "GET", "/hjaelp", headers=context("4" * 32))

    assert answer.status_code == httpx.codes.OK
    page = await observed.collector.until(lambda each: each.service == "portal" and each.trace_id == "4" * 32)
    assert (page.name, page.parent_id) == ("GET /hjaelp", CALLER)


async def test_what_its_caller_does_not_keep_and_no_ratio_chooses_is_not_kept_here(observed: Observed):
    await told(observed, "traced-3", "5" * 32, sampled=False)
    await told(observed, "traced-4", "6" * 32)

    await observed.collector.until(lambda each: each.trace_id == "6" * 32 and each.name == "publish")
    assert not [each for each in observed.collector.spans if each.trace_id == "5" * 32]


async def test_a_collector_that_is_away_holds_nobody_up(observed: Observed, prefix: str):
    away = observed.issuer.environment | {
        "KLARMELD_TRACING__ENDPOINT": f"http://127.0.0.1:{free_port()}/v1/traces",
        "KLARMELD_TRACING__SAMPLED": "1",
        "KLARMELD_MONGO__DATABASE": f"{prefix}away",
        "KLARMELD_GROUP": f"{prefix}away",
    }
    child = service("tasks", observed.stack, port=free_port(), settings=away)
    await child.start()
    try:
        async with asyncio.timeout(60), httpx.AsyncClient(timeout=60) as client:
            path = f"http://127.0.0.1:{next(iter(child.recipe.ports.values()))}{VIEW}"
            position = await told(observed, f"{prefix}away", "7" * 32)
            headers = observed.issuer.bearer("eg")
            seen = await client.get(f"{path}?after={position}&wait=30", headers=headers)
            assert seen.status_code == httpx.codes.OK
    finally:
        await child.stop()
    assert "Failed to export" in child.recipe.log.read_text()
