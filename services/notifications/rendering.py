"""The words of a notice: its subject, a plain text and an HTML page, from one template of plain paragraphs."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import css_inline

from contracts.municipalities import MUNICIPALITIES
from contracts.roles import SupplierRole
from services.notifications.dates import Language
from services.notifications.notice import Notice, Sender
from services.notifications.said import one_line, web_address
from services.notifications.templates import Blocks, page, plain

LONGEST_SUBJECT = 150
#: Every detail that a text may speak of; one that a notice does not have is empty.
DETAILS = (
    *("actions", "agreement_id", "code", "detail", "ean", "eans", "host", "join_url", "published", "reason"),
    *("reminder", "sent", "sign_by", "since", "stage", "starts_at", "title", "url", "version"),
)
_ADDRESSES = ("join_url", "url")


class Link(NamedTuple):
    """Where a reader can go."""

    label: str
    url: str


class Paragraph(NamedTuple):
    """A paragraph, or a list in its place."""

    text: str
    bullets: tuple[str, ...]


class Words(NamedTuple):
    """A notice as it is read."""

    subject: str
    text: str
    html: str


def words_of(notice: Notice, language: Language, sender: Sender, *, answer: str | None = None) -> Words:
    """Return the words of a notice; `answer` is the link by which an invitation is answered."""
    context = _context(notice)
    said, frame = Blocks(language, notice.template, context), Blocks(language, "frame", context)
    told: dict[str, Any] = {
        "language": language,
        "subject": one_line(said["subject"], LONGEST_SUBJECT),
        "heading": said["heading"],
        "body": _paragraphs(said["body"]),
        "next_step": frame["next_step"],
        "next": said["next"],
        "links": _links(said, frame, page_of(notice, sender), answer),
        "ban": frame["ban"] if _municipal(notice) else "",
        "why": frame["why"],
        "preferences": Link(frame["preferences"], preferences_of(notice, sender)),
        "sample": frame["sample"] if sender.sample else "",
    }
    return Words(told["subject"], plain("mail.txt.j2").render(told), _html(told))


def page_of(notice: Notice, sender: Sender) -> str:
    """Return where a municipality sees all of it; empty for the supplier side, and where there is no portal."""
    return f"{sender.portal}/kommune/{notice.municipality}" if sender.portal and _municipal(notice) else ""


def preferences_of(notice: Notice, sender: Sender) -> str:
    """Return where a municipality changes who hears, and how; empty like `page_of`."""
    own = page_of(notice, sender)
    return f"{own}/kontakter" if own else ""


def _municipal(notice: Notice) -> bool:
    return not isinstance(notice.role, SupplierRole)


def _context(notice: Notice) -> dict[str, Any]:
    return {
        **dict.fromkeys(DETAILS, ""),
        **{name: _shown(name, value) for name, value in notice.details.items()},
        "role": notice.role,
        "municipality": MUNICIPALITIES[notice.municipality].name,
    }


def _shown(name: str, value: str | int) -> str | int:
    if isinstance(value, int):
        return value
    return web_address(value) if name in _ADDRESSES else one_line(value)


def _links(said: Blocks, frame: Blocks, own: str, answer: str | None) -> list[Link]:
    """Return the links that lead somewhere; an invitation is answered first, and followed later."""
    further = Link(said["link"] or frame["page"], web_address(said["url"] or own))
    return [link for link in (Link(frame["answer"], answer or ""), further) if link.url]


def _paragraphs(body: str) -> list[Paragraph]:
    return [_paragraph(part.strip().splitlines()) for part in re.split(r"\n\s*\n", body) if part.strip()]


def _paragraph(lines: list[str]) -> Paragraph:
    bullets = tuple(line.removeprefix("- ") for line in lines if line.startswith("- "))
    return Paragraph(" ".join(lines), bullets if len(bullets) == len(lines) else ())


def _html(told: Mapping[str, Any]) -> str:
    return _inliner().inline(page("mail.html.j2").render(told))


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False)
