"""The mail of a notice: plain text, HTML, and the webinar for a calendar where it is about one."""

from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from functools import cache, lru_cache
from typing import Any, cast

from contracts.municipalities import MUNICIPALITIES
from services.chassis.outward.addresses import address_mark, read_address
from services.chassis.outward.contacts import Recipient
from services.notifications.answer_links import Answering, until
from services.notifications.calendar import Mailed, calendar_of, method_of
from services.notifications.dates import Language
from services.notifications.notice import Notice, Sender, Template, key
from services.notifications.plans import Plan
from services.notifications.rendering import preferences_of, words_of
from services.notifications.said import one_line

INVITING = (Template.WEBINAR_INVITED, Template.WEBINAR_CHANGED)
ABOUT_A_PLAN = (*INVITING, Template.WEBINAR_CANCELLED)


#: Headers that say the same in many mails. None of them names who hears.
_REPEATED = frozenset(
    (
        *("auto-submitted", "content-disposition", "content-language", "content-transfer-encoding"),
        *("content-type", "mime-version", "x-auto-response-suppress"),
    )
)


class _Headers(HeaderRegistry):
    """Makes the class of a header once, and reads a header once that many mails have.

    The library's own makes a class for every header of every mail, for gc to find.
    """

    def __call__(self, name: str, value: str) -> BaseHeader:
        return _repeated(name, value) if name.lower() in _REPEATED else _read(name, value)

    def __getitem__(self, name: str) -> type:
        return _header(name.lower())


@cache
def _header(name: str) -> type:
    return HeaderRegistry()[name]


def _read(name: str, value: str) -> BaseHeader:
    header: BaseHeader = _header(name.lower())(name, value)
    return header


@lru_cache(maxsize=256)
def _repeated(name: str, value: str) -> BaseHeader:
    return _read(name, value)


class _Policy(EmailPolicy):
    """Writes a header once that many mails have."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        written = _written if name.lower() in _REPEATED or name == "From" else super().fold_binary
        return written(name, value)


@lru_cache(maxsize=256)
def _written(name: str, value: BaseHeader) -> bytes:
    return SMTP.fold_binary(name, value)


_POLICY = _Policy(linesep=SMTP.linesep, header_factory=_Headers())
#: Stands between parts. Whatever is encoded never holds `=_` (RFC 2045, 6.7 and 6.8), so that no text ends a part.
_BOUNDARY = "=_klarmeld"


def compose(notice: Notice, recipient: Recipient, sender: Sender) -> EmailMessage:
    """Return the mail, the same each time; ValueError for an address that is none."""
    plan = _plan(notice) if notice.template in ABOUT_A_PLAN else None
    words = words_of(notice, _language(recipient), sender, answer=_answer(notice, recipient, plan, sender))
    mail = _headed(notice, recipient, sender, words.subject)
    mail.set_content(words.text, cte="quoted-printable")
    mail.add_alternative(words.html, subtype="html", cte="quoted-printable")
    if plan:
        name = MUNICIPALITIES[notice.municipality].name
        _invite(mail, plan, Mailed(recipient.address, name, sender.address))
    mail["Content-Language"] = _language(recipient)  # not before: what begins with Content- goes into the first part
    for number, part in enumerate(each for each in mail.walk() if each.is_multipart()):
        part.set_boundary(f"{_BOUNDARY}_{number}")
    return mail


def _headed(notice: Notice, recipient: Recipient, sender: Sender, subject: str) -> EmailMessage:
    mail = EmailMessage(_POLICY)
    address = read_address(sender.address)
    mail["From"] = _from(sender.name, address)
    mail["To"] = Address(addr_spec=read_address(recipient.address))
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{key(notice)}@{address.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence answers it
    mail["X-Auto-Response-Suppress"] = "All"
    if preferences_of(notice, sender):
        mail["List-Unsubscribe"] = f"<{preferences_of(notice, sender)}>"
    return mail


@lru_cache(maxsize=8)
def _from(name: str, address: str) -> BaseHeader:
    header: BaseHeader = _header("from")("From", Address(one_line(name), addr_spec=address))
    return header


def _invite(mail: EmailMessage, plan: Plan, mailed: Mailed) -> None:
    """Add the calendar as an alternative, which calendars act on (RFC 6047), and as a file for those that don't."""
    content = calendar_of(plan, mailed=mailed)
    method = str(method_of(plan))
    mail.add_alternative(content.decode(), subtype="calendar", cte="base64", params={"method": method})
    mail.add_attachment(content, maintype="application", subtype="ics", filename="webinar.ics")


def _plan(notice: Notice) -> Plan:
    said = {name: notice.details[name] for name in Plan._fields if name in notice.details}
    cancelled = notice.template is Template.WEBINAR_CANCELLED
    return Plan(**{"reason": "", **said, "rollout": notice.rollout, "cancelled": cancelled})  # type: ignore[arg-type]


def _answer(notice: Notice, recipient: Recipient, plan: Plan | None, sender: Sender) -> str | None:
    if plan is None or sender.answers is None or notice.template not in INVITING:
        return None
    answering = Answering(
        rollout=notice.rollout,
        municipality=notice.municipality,
        role=str(notice.role),
        webinar=plan.webinar_id,
        mark=address_mark(recipient.address, sender.answers.key),
        until=until(plan.ends_at),
    )
    return sender.answers.link(answering)


def _language(recipient: Recipient) -> Language:
    return cast("Language", recipient.language)
