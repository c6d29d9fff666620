"""Mails leave encrypted and by login, or not at all: a real server that is closed, and each way of not getting in."""

import ssl
from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from deploy.closed.certificates import make
from services.notifications.courier import Couriers, Verdict, on_the_wire
from services.notifications.settings import SmtpSettings
from tests.mail_server import Lock, MailServer, mail_server

SENDER, RECIPIENT = "klarmeld@klarmeld.example", "aftaler@vejle.example"
USER, PASSWORD = "klarmeld", "a password of this test"
#: How the connection is encrypted, and whether from its first byte.
WAYS = {"starttls": False, "tls": True}


@pytest.fixture(scope="module")
def ca_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("certificates")
    make(ca_file=directory / "ca.pem", server_file=directory / "server.pem")
    return directory / "ca.pem"


@pytest.fixture(params=WAYS)
async def closed(request: pytest.FixtureRequest, ca_file: Path) -> AsyncIterator[tuple[MailServer, str]]:
    """Yield a server that wants encryption and a login, and the way in which it is encrypted."""
    certificate = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.load_cert_chain(ca_file.parent / "server.pem")
    lock = Lock(certificate, WAYS[request.param], USER.encode(), PASSWORD.encode())
    async with mail_server(lock) as server:
        yield server, request.param


def couriers(server: MailServer, security: str, **changes: Any) -> Couriers:
    said = {"host": "127.0.0.1", "port": server.port, "security": security, "from_address": SENDER, "timeout_s": 20}
    return Couriers(SmtpSettings(**(said | changes)))


async def delivered(through: Couriers) -> tuple[Verdict, str]:
    mail = EmailMessage()
    mail["Message-ID"] = "<key@klarmeld.example>"
    mail.set_content("Serviceaftalen er klar.")
    try:
        found = await through.deliver(on_the_wire(mail), sender=SENDER, recipient=RECIPIENT, within_s=30)
    finally:
        await through.close()
    return found.verdict, found.reason


async def test_a_mail_leaves_encrypted_by_login(closed: tuple[MailServer, str], ca_file: Path):
    server, security = closed
    through = couriers(server, security, ca_file=ca_file, username=USER, password=PASSWORD)

    assert await delivered(through) == (Verdict.ACCEPTED, "accepted")
    assert [each.recipient for each in server.taken] == [RECIPIENT]


async def test_a_server_whose_certificate_nobody_known_signed_gets_no_mail(closed: tuple[MailServer, str]):
    server, security = closed
    through = couriers(server, security, username=USER, password=PASSWORD)

    fault = await through.reachable(within_s=30)

    assert fault is not None
    assert (await delivered(through))[0] is Verdict.UNREACHED
    assert server.seen == []


async def test_without_the_right_password_no_mail_leaves_and_none_is_judged(
    closed: tuple[MailServer, str], ca_file: Path
):
    server, security = closed
    through = couriers(server, security, ca_file=ca_file, username=USER, password="another")

    assert await through.reachable(within_s=30) == "SMTPAuthenticationError_535"
    assert await delivered(through) == (Verdict.UNREACHED, "SMTPAuthenticationError_535")
    assert server.seen == []


async def test_a_server_that_offers_no_encryption_gets_neither_mail_nor_password(ca_file: Path):
    async with mail_server() as server:
        through = couriers(server, "starttls", ca_file=ca_file, username=USER, password=PASSWORD)

        assert (await delivered(through))[0] is Verdict.UNREACHED
        assert server.seen == []
