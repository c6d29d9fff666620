"""The local stack's mailbox for everybody: each mail that is sent here is kept as a file, and delivered to nobody."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.smtp import SMTP, Envelope, Session

from services.chassis import clock

#: Mails that are kept; the oldest go first.
MOST_MAILS = 5_000
_NAME = re.compile(r"[0-9]{13}-[0-9a-f]{8}", re.ASCII)


class Mail(NamedTuple):
    """One kept mail: its name here, whom the envelope names, and the mail itself."""

    name: str
    recipients: tuple[str, ...]
    message: EmailMessage

    def header(self, name: str) -> str:
        """Return a header as text on one line; whatever can't be read as one is empty."""
        try:
            return " ".join(str(self.message.get(name, "")).split())
        except (AttributeError, IndexError, LookupError, ValueError):
            return ""  # the parser of headers falls over some that are broken

    def text(self, *kinds: str) -> str | None:
        """Return the first part of one of these types, as `text/plain`; None where there is none."""
        for part in self.message.walk():
            if part.get_content_type() in kinds and not part.is_multipart():
                return _decoded(part)
        return None

    @property
    def summary(self) -> dict[str, Any]:
        return {
            "id": self.name,
            "received_ms": int(self.name.partition("-")[0]),
            "from": self.header("from"),
            "to": list(self.recipients),
            "subject": self.header("subject"),
            "calendar": self.text("text/calendar") is not None,
        }


class Inbox:
    """The mails below one directory, the newest first."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def keep(self, content: bytes, recipients: list[str]) -> str:
        """Keep a mail and return its name; it is there whole or not at all."""
        name = f"{clock.now_ms():013d}-{clock.new_id()[:8]}"
        envelope = "".join(f"X-Envelope-To: {each}\r\n" for each in recipients if each.isprintable())
        unfinished = self._directory / f"{name}.part"
        unfinished.write_bytes(envelope.encode("ascii", "backslashreplace") + content)
        unfinished.rename(self._path(name))
        for old in self._names()[MOST_MAILS:]:
            self._path(old).unlink(missing_ok=True)
        return name

    def read(self, name: str) -> Mail | None:
        """Return a mail; None where there is none of this name."""
        content = self.raw(name)
        if content is None:
            return None
        message = message_from_bytes(content, policy=policy.default)
        return Mail(name, tuple(map(str, message.get_all("x-envelope-to", ()))), message)

    def raw(self, name: str) -> bytes | None:
        """Return a mail byte by byte, whom it was for in front; None where there is none of this name."""
        try:
            return self._path(name).read_bytes() if _NAME.fullmatch(name) else None
        except FileNotFoundError:
            return None

    def newest(self, count: int) -> Iterator[Mail]:
        """Yield the newest mails, as far as they are there."""
        yield from filter(None, map(self.read, self._names()[:count]))

    def _names(self) -> list[str]:
        return sorted((path.stem for path in self._directory.glob("*.eml")), reverse=True)

    def _path(self, name: str) -> Path:
        return self._directory / f"{name}.eml"


class Taker:
    """What aiosmtpd asks with each mail: it is kept before it is acknowledged."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002  its name
        content = envelope.original_content or b""
        return f"250 Kept as {self._inbox.keep(content, envelope.rcpt_tos)}"


def _decoded(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        return content.decode("utf-8", "replace")
