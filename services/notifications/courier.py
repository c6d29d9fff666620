"""One mail to the mail server: what came of it, and whether it may have left."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from enum import IntEnum, StrEnum
from typing import NamedTuple

import aiosmtplib
from aiosmtplib import SMTPException, SMTPResponseException

from services.notifications.settings import SmtpSettings

START_INPUT = 354
#: The service goes away: what it says of one mail is no judgement of that mail (RFC 5321, 3.8).
CLOSING = 421
_LINE_END = re.compile(rb"\r\n|\n|\r(?!\n)")
_DOT = re.compile(rb"(?m)^\.")


class Verdict(StrEnum):
    """What came of a mail: `lost` alone leaves open whether it has left, `unreached` says nothing of the mail."""

    ACCEPTED = "accepted"
    PUT_OFF = "put_off"
    UNREACHED = "unreached"
    REFUSED = "refused"
    LOST = "lost"


class Delivery(NamedTuple):
    """A verdict and why, in words of ours: a server's own may hold an address."""

    verdict: Verdict
    reason: str


class Couriers:
    """The connections to the mail server: opened when needed, used again, dropped after any fault."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._idle: list[aiosmtplib.SMTP] = []

    async def reachable(self, *, within_s: float) -> str | None:
        """Return None where the mail server lets us in and answers, else what is wrong."""
        try:
            async with asyncio.timeout(within_s), self._connection() as client:
                await client.noop()
        except (SMTPException, OSError, TimeoutError) as error:
            return _fault(error)
        return None

    async def deliver(self, content: bytes, *, sender: str, recipient: str, within_s: float) -> Delivery:
        """Send one mail as `on_the_wire` made it; ValueError where an address is none, and then nothing has left."""
        transaction = _Transaction(content, sender, recipient)
        try:
            async with asyncio.timeout(within_s), self._connection() as client:
                await transaction.carry_out(client)
        except (SMTPException, OSError, TimeoutError) as error:
            return transaction.judged(error)
        return Delivery(Verdict.ACCEPTED, "accepted")

    async def close(self) -> None:
        """Leave the mail server; a connection that does not answer is dropped."""
        while self._idle:
            self._idle.pop().close()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        client = self._usable() or await self._connected()
        try:
            yield client
        except BaseException:
            client.close()
            raise
        self._idle.append(client)

    def _usable(self) -> aiosmtplib.SMTP | None:
        while self._idle:
            client = self._idle.pop()
            if client.is_connected:
                return client
        return None

    async def _connected(self) -> aiosmtplib.SMTP:
        settings = self._settings
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            local_hostname=str(settings.from_address).rpartition("@")[2],
            port=settings.port,
            timeout=settings.timeout_s,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            cert_bundle=str(settings.ca_file) if settings.ca_file else None,
            username=settings.username,
            password=settings.password.get_secret_value() if settings.password else None,
        )
        await client.connect()
        return client


class _Phase(IntEnum):
    CONNECTING = 0
    #: The mail's own recipient and content are judged.
    ITS_OWN = 1
    #: The final dot has been handed to the connection: the mail may have left.
    HANDED_OVER = 2


class _Transaction:
    """One mail's way through a connection, and how far it has come."""

    def __init__(self, content: bytes, sender: str, recipient: str) -> None:
        self._content = content
        self._sender = sender
        self._recipient = recipient
        self._phase = _Phase.CONNECTING

    async def carry_out(self, client: aiosmtplib.SMTP) -> None:
        """Hand the mail over; returns when the server has taken it, and raises whatever else it says."""
        await client.mail(self._sender)
        self._phase = _Phase.ITS_OWN
        await client.rcpt(self._recipient)
        begun = await client.execute_command(b"DATA")
        if begun.code != START_INPUT or client.protocol is None:
            raise SMTPResponseException(begun.code, "")
        client.protocol.write(self._content)
        await asyncio.sleep(0)  # a connection that has ended shows here, before the dot
        if not client.is_connected:
            raise ConnectionResetError
        self._phase = _Phase.HANDED_OVER
        client.protocol.write(b".\r\n")
        answer = await client.protocol.read_response(timeout=client.timeout)
        if answer.code // 100 != 2:
            raise SMTPResponseException(answer.code, "")

    def judged(self, error: BaseException) -> Delivery:
        """Return what a fault says of the mail."""
        code = error.code if isinstance(error, SMTPResponseException) else 0
        if self._phase is _Phase.HANDED_OVER and code // 100 not in {4, 5}:
            return Delivery(Verdict.LOST, "no_answer")
        if self._phase is _Phase.CONNECTING or code == CLOSING or code // 100 not in {4, 5}:
            return Delivery(Verdict.UNREACHED, _fault(error))
        if code // 100 == 4:
            return Delivery(Verdict.PUT_OFF, f"put_off_{code}")
        return Delivery(Verdict.REFUSED, f"refused_{code}")


def on_the_wire(mail: EmailMessage) -> bytes:
    """Return a mail as DATA carries it (RFC 5321, 4.5.2): whole lines, no line a lone dot, and no final dot.

    ValueError where a header is none.
    """
    lines = _LINE_END.sub(b"\r\n", mail.as_bytes())
    whole = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    return _DOT.sub(b"..", whole)


def _fault(error: BaseException) -> str:
    """Name a fault without a word of the server's."""
    code = f"_{error.code}" if isinstance(error, SMTPResponseException) else ""
    return f"{type(error).__name__}{code}"
