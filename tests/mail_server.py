"""A real SMTP server that counts what it takes, and does what a test tells it to with each mail."""

import asyncio
import ssl
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, NamedTuple

from aiosmtpd.smtp import SMTP, AuthResult

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


#: How long a slow server takes for its answer, in seconds.
SLOW_S = 2
#: Says what to do with one mail: `accept`, `slow` (accept in a while), `drop` (store it and never answer), `hang`
#: (neither), or an answer.
Script = Callable[[Taken], str]


class Lock(NamedTuple):
    """How a server is closed: with TLS from the first byte or by STARTTLS, and to whom it opens."""

    certificate: ssl.SSLContext
    at_once: bool
    user: bytes
    password: bytes

    def lets_in(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, said: Any) -> AuthResult:
        return AuthResult(success=(said.login, said.password) == (self.user, self.password), handled=False)


class MailServer:
    """Listens on `port` of 127.0.0.1 while it is up; `taken` stays when it goes down and comes back."""

    def __init__(self, port: int, lock: Lock | None = None) -> None:
        self.port = port
        self.lock = lock
        self.taken: list[Taken] = []
        self.seen: list[Taken] = []
        self.accept_all()
        self._server: asyncio.Server | None = None
        self._open: set[SMTP] = set()

    def accept_all(self) -> None:
        self.script: Script = lambda _: "accept"
        #: An answer, or `drop`: the connection ends before the mail itself is handed over.
        self.refuse_recipient: Callable[[str], str | None] = lambda _: None

    async def up(self) -> None:
        context = self.lock.certificate if self.lock and self.lock.at_once else None
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, "127.0.0.1", self.port, ssl=context)

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
        with warnings.catch_warnings():
            # of encryption aiosmtpd knows STARTTLS alone, and warns of a login where the first byte is encrypted too
            warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS", UserWarning)
            session = SMTP(self, hostname="mail.example", enable_SMTPUTF8=False, **self._locked())
        self._open.add(session)
        return session

    def _locked(self) -> dict[str, Any]:
        if self.lock is None:
            return {}
        login = {"auth_required": True, "authenticator": self.lock.lets_in}
        if self.lock.at_once:
            return {**login, "auth_require_tls": False}
        return {**login, "tls_context": self.lock.certificate, "require_starttls": True}

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        refusal = self.refuse_recipient(address)
        if refusal == "drop":
            server.transport.abort()
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
        if answer == "slow":
            await asyncio.sleep(SLOW_S)
            answer = "accept"
        if answer in {"accept", "drop", "store and hang"}:
            self.taken.append(found)
        if answer == "drop":
            server.transport.abort()
        if answer.endswith("hang"):
            await asyncio.sleep(3600)
        return "250 OK" if answer == "accept" else answer


def smtp_environment(port: int) -> dict[str, str]:
    """Return what a process is told so that it mails to an open server of this machine."""
    said = {"HOST": "127.0.0.1", "PORT": str(port), "SECURITY": "none", "FROM_ADDRESS": "klarmeld@eg.example"}
    return {f"KLARMELD_SMTP__{name}": value for name, value in said.items()}


@asynccontextmanager
async def mail_server(lock: Lock | None = None) -> AsyncIterator[MailServer]:
    """Yield a server that is up."""
    server = MailServer(free_block().smtp, lock)
    await server.up()
    try:
        yield server
    finally:
        await server.down()
