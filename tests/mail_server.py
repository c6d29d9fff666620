"""A real SMTP server that counts what it takes, and does what a test tells it to with each mail."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, NamedTuple

from aiosmtpd.smtp import SMTP

from deploy.local.ports import free_block


class Taken(NamedTuple):
    """One mail that the server has stored, whatever it answered."""

    sender: str
    recipient: str
    mail: EmailMessage

    @property
    def key(self) -> str:
        """The notice's key, which the Message-ID begins with."""
        return str(self.mail["Message-ID"]).strip("<>").partition("@")[0]


#: Says what to do with one mail: `accept`, `drop` (store it and never answer), `hang` (neither), or an answer.
Script = Callable[[Taken], str]


class MailServer:
    """Listens on `port` of 127.0.0.1 while it is up; `taken` stays when it goes down and comes back."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.taken: list[Taken] = []
        self.seen: list[Taken] = []
        self.accept_all()
        self._server: asyncio.Server | None = None
        self._open: set[SMTP] = set()

    def accept_all(self) -> None:
        self.script: Script = lambda _: "accept"
        self.refuse_recipient: Callable[[str], str | None] = lambda _: None

    async def up(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(self._session, "127.0.0.1", self.port)

    async def down(self) -> None:
        """Stop listening and drop every connection."""
        if self._server:
            self._server.close()
            for each in self._open:
                if each.transport:
                    each.transport.abort()
            await self._server.wait_closed()
            self._server = None

    @property
    def per_key(self) -> Counter[str]:
        return Counter(each.key for each in self.taken)

    def _session(self) -> SMTP:
        session = SMTP(self, hostname="mail.example", enable_SMTPUTF8=False)
        self._open.add(session)
        return session

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        refusal = self.refuse_recipient(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        [recipient] = envelope.rcpt_tos
        found = Taken(envelope.mail_from, recipient, mail)
        self.seen.append(found)
        answer = self.script(found)
        if answer in {"accept", "drop", "store and hang"}:
            self.taken.append(found)
        if answer == "drop":
            server.transport.abort()
        if answer.endswith("hang"):
            await asyncio.sleep(3600)
        return "250 OK" if answer == "accept" else answer


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """Yield a server that is up."""
    server = MailServer(free_block().smtp)
    await server.up()
    try:
        yield server
    finally:
        await server.down()
