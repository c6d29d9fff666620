"""The local inbox: what is sent by SMTP can be read, downloaded and asked for, and can do nothing to its reader."""

import smtplib
from asyncio import to_thread
from collections.abc import AsyncIterator
from email.message import EmailMessage
from typing import NamedTuple

import httpx
import pytest

from deploy.local.inbox import Inbox
from deploy.local.inbox_page import create
from tests.tokens import free_port, served

HOSTILE = "<script>alert(1)</script>"


class Post(NamedTuple):
    """A running inbox: who reads it, and where mails go."""

    client: httpx.AsyncClient
    smtp: int

    async def send(self, message: EmailMessage) -> str:
        """Send a mail and return the name that it is kept by."""

        def sent() -> None:
            with smtplib.SMTP("127.0.0.1", self.smtp) as server:
                server.send_message(message)

        await to_thread(sent)
        return str((await self.client.get("/api/messages")).json()["items"][0]["id"])


@pytest.fixture
async def post(tmp_path) -> AsyncIterator[Post]:
    smtp = free_port()
    async with (
        served(create(Inbox(tmp_path / "inbox"), smtp_port=smtp), free_port()) as url,
        httpx.AsyncClient(base_url=url) as client,
    ):
        yield Post(client, smtp)


def mail(subject: str = "Aftale på vej", text: str = "Kære kommune") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@eg.example", "b@vejle.example", subject
    message.set_content(text)
    message.add_alternative(f"<p>{text}</p>", subtype="html")
    return message


async def test_a_mail_that_was_sent_is_listed_and_read(post):
    name = await post.send(mail())
    [listed] = (await post.client.get("/api/messages")).json()["items"]
    assert (listed["subject"], listed["to"]) == ("Aftale på vej", ["b@vejle.example"])
    assert "Kære kommune" in (await post.client.get(f"/api/messages/{name}")).json()["parts"]["plain"]
    assert "Aftale på vej" in (await post.client.get("/")).text
    assert "Kære kommune" in (await post.client.get(f"/messages/{name}")).text


async def test_a_mail_is_downloaded_byte_by_byte(post):
    name = await post.send(mail())
    content = (await post.client.get(f"/messages/{name}/mail.eml")).content
    assert mail().get_body(("html",)).get_payload().encode() in content.replace(b"\r\n", b"\n")


async def test_an_invitation_is_downloaded_as_a_calendar(post):
    message = mail()
    message.add_alternative("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", subtype="calendar", params={"method": "REQUEST"})
    name = await post.send(message)
    answer = await post.client.get(f"/messages/{name}/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.text.startswith("BEGIN:VCALENDAR")


async def test_a_mail_without_a_calendar_has_none_to_download(post):
    name = await post.send(mail())
    assert (await post.client.get(f"/messages/{name}/calendar.ics")).status_code == 404


async def test_what_a_mail_says_is_shown_as_text(post):
    name = await post.send(mail(HOSTILE, HOSTILE))
    for path in ("/", f"/messages/{name}"):
        assert HOSTILE not in (await post.client.get(path)).text


async def test_a_mail_as_a_page_is_shown_in_a_sandbox_that_runs_and_fetches_nothing(post):
    name = await post.send(mail(text=HOSTILE))
    policy = (await post.client.get(f"/messages/{name}/page")).headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "<iframe sandbox " in (await post.client.get(f"/messages/{name}")).text


@pytest.mark.parametrize("name", ["1", "..%2F..%2Fetc%2Fpasswd", "1700000000000-00000000"])
async def test_a_mail_that_is_not_there_is_not_found(post, name):
    answers = [await post.client.get(path) for path in (f"/messages/{name}", f"/api/messages/{name}")]
    assert [each.status_code for each in answers] == [404, 404]


async def test_a_page_under_another_name_than_this_machines_is_refused(post):
    assert (await post.client.get("/", headers={"Host": "inbox.attacker.example"})).status_code == 400


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"Content-Type: text/plain; charset=none\r\n\r\n\xe6",
        b"Subject: =?x?q?=C3?=\r\nFrom: <<>\r\n\r\n",
    ],
)
async def test_a_broken_mail_is_kept_and_hides_no_other(post, tmp_path, content):
    name = Inbox(tmp_path / "inbox").keep(content, ["b@vejle.example"])
    assert (await post.client.get("/")).status_code == 200
    assert (await post.client.get(f"/api/messages/{name}")).json()["to"] == ["b@vejle.example"]


def test_mails_stay_when_the_inbox_is_started_again(tmp_path):
    name = Inbox(tmp_path).keep(mail().as_bytes(), [])
    assert [each.name for each in Inbox(tmp_path).newest(10)] == [name]
