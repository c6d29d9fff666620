"""An invitation's way through real mails: into a calendar, to another time, out again, and answered by its link."""

import re
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from pydantic import SecretStr

from services.notifications.app import create
from services.notifications.settings import AnswerSettings
from tests.in_process import client_of
from tests.mail.post import OWNER, Post
from tests.tokens import running_issuer

CODE = "0846"
FIRST = {"starts_at": "2099-03-02T09:00:00+01:00", "ends_at": "2099-03-02T10:00:00+01:00"}
SECOND = {"starts_at": "2099-03-09T09:00:00+01:00", "ends_at": "2099-03-09T10:00:00+01:00"}


@pytest.fixture
async def client(post: Post, tmp_path) -> AsyncIterator[httpx.AsyncClient]:
    """The service, which sends mails and answers links; it knows one enrolled municipality with one contact."""
    answers = AnswerSettings(address="http://service", key=SecretStr("the key of this test, long enough"))
    async with running_issuer(tmp_path) as issuer:
        settings = post.settings()
        access = settings.access.model_copy(update={"issuer": issuer.url, "jwks_uri": f"{issuer.url}/jwks"})
        app = create(settings.model_copy(update={"answers": answers, "access": access}))
        async with app.router.lifespan_context(app), client_of(app) as client:
            client.headers.update(issuer.bearer("koordinator"))
            await post.name(CODE, OWNER)
            await post.enrol(CODE)
            await post.tell("WebinarScheduled", **FIRST)
            await post.become({"sent": 1}, template="webinar_invited", role=OWNER)
            yield client


def mail_about(post: Post, template: str) -> EmailMessage:
    """Return the newest mail whose subject begins like this."""
    return [each.mail for each in post.server.taken if str(each.mail["Subject"]).startswith(template)][-1]


def event_of(mail: EmailMessage) -> tuple[str, Any]:
    [part] = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    return str(calendar["METHOD"]), calendar.events[0]


def link_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body
    return re.findall(r"http://service(/v1/answers/\S+)", body.get_content())[0]


async def partstats(client: httpx.AsyncClient, post: Post) -> list[str]:
    facts = await client.get(f"/v1/rollouts/{post.rollout}/municipalities/{CODE}/facts")
    return [each["data"]["partstat"] for each in facts.json()["items"] if "WebinarResponded" in each["type"]]


async def test_calendars_follow_the_mails_about_one_webinar(post, client):
    await post.tell("WebinarRescheduled", **SECOND)
    await post.become({"sent": 1}, template="webinar_changed")
    await post.tell("WebinarCancelled")
    await post.become({"sent": 1}, template="webinar_cancelled")

    told = [event_of(mail_about(post, about)) for about in ("Indkaldt", "Webinar flyttet", "Webinar aflyst")]

    assert [(method, event["SEQUENCE"]) for method, event in told] == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    assert len({str(event["UID"]) for _, event in told}) == 1
    assert told[1][1].start.isoformat() == "2099-03-09T08:00:00+00:00"


async def test_the_link_in_the_mail_answers_for_the_municipality(post, client):
    link = link_of(mail_about(post, "Indkaldt"))
    assert "I har ikke svaret endnu." in (await client.get(link)).text
    assert await partstats(client, post) == []

    page = await client.post(link, data={"partstat": "accepted"})

    assert "I har svaret: vi deltager." in page.text
    assert await partstats(client, post) == ["accepted"]


async def test_a_mail_is_dated_when_it_is_sent(post, client):
    mail = mail_about(post, "Indkaldt")
    assert parsedate_to_datetime(str(mail["Date"])).tzinfo is not None
