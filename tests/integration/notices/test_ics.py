"""The webinar's file on the real log and database: fetched by municipalities, changed by EG, and always there."""

from collections.abc import AsyncIterator

import httpx
import pytest
from icalendar import Calendar

from contracts.examples import EXAMPLES
from contracts.names import EventName
from tests.desk import Desk
from tests.in_process import client_of, ready, running_service
from tests.tokens import running_issuer

MOVED = {"starts_at": "2026-03-12T10:00:00+01:00", "ends_at": "2026-03-12T11:00:00+01:00"}
PATH = "/webinars/webinar-8b.ics"


@pytest.fixture(scope="module")
async def service(stack, tmp_path_factory) -> AsyncIterator[tuple[httpx.AsyncClient, object]]:
    async with (
        running_issuer(tmp_path_factory.mktemp("issuer")) as issuer,
        running_service("notifications", stack, issuer, "ics_") as app,
        client_of(app) as client,
    ):
        await ready(client)
        yield client, issuer


@pytest.fixture
async def desk(service, prefix) -> Desk:
    client, issuer = service
    desk = Desk(client, issuer, f"{prefix}8b")
    body = EXAMPLES[EventName.WebinarScheduled].data.model_dump_json(exclude={"sequence"}).encode()
    assert (await desk.call("POST", "/webinars", body, role="eg")).status_code == 202
    return desk


async def fetched(desk: Desk, **headers: str) -> httpx.Response:
    return await desk.call("GET", PATH, role="kommune-laes", **headers)


async def test_a_municipality_fetches_the_webinar_as_a_calendar_file(desk):
    answer = await fetched(desk)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; method=REQUEST; charset=utf-8")
    assert answer.headers["content-disposition"] == 'attachment; filename="webinar.ics"'
    [event] = Calendar.from_ical(answer.content).events
    assert (event["SUMMARY"], event.start.isoformat()) == ("eFaktura 8b: fælles webinar", "2026-03-10T09:00:00+00:00")
    assert "ATTENDEE" not in event


async def test_the_file_follows_the_webinar_and_stays_after_its_cancellation(desk):
    before = await fetched(desk)
    await desk.call("POST", "/webinars/webinar-8b/reschedule", MOVED, role="eg")
    moved = await fetched(desk)
    await desk.call("POST", "/webinars/webinar-8b/cancellation", {"reason": "Sygdom"}, role="eg")
    cancelled = await fetched(desk)
    files = [Calendar.from_ical(each.content) for each in (before, moved, cancelled)]
    events = [each.events[0] for each in files]
    assert [each["METHOD"] for each in files] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [each["SEQUENCE"] for each in events] == [0, 1, 2]
    assert len({str(each["UID"]) for each in events}) == 1
    assert (events[1].start.isoformat(), events[2]["STATUS"]) == ("2026-03-12T09:00:00+00:00", "CANCELLED")


async def test_a_file_that_the_caller_has_is_not_sent_again(desk):
    first = await fetched(desk)
    again = await fetched(desk, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await desk.call("POST", "/webinars/webinar-8b/reschedule", MOVED, role="eg")
    assert (await fetched(desk, **{"If-None-Match": first.headers["etag"]})).status_code == 200


async def test_every_municipality_gets_the_same_bytes(desk):
    answers = [await desk.call("GET", PATH, role="kommune-laes", code=code) for code in ("0630", "0661")]
    assert answers[0].content == answers[1].content


async def test_a_webinar_that_nobody_scheduled_has_no_file(desk):
    unknown = await desk.call("GET", "/webinars/webinar-9.ics", role="kommune-laes")
    elsewhere = await desk._replace(rollout="never-8b").call("GET", PATH, role="kommune-laes")
    assert (unknown.status_code, elsewhere.status_code) == (404, 404)


async def test_the_supplier_fetches_no_file(desk):
    assert (await desk.call("GET", PATH, role="eg")).status_code == 403
