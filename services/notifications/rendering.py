"""The words of a notice: its subject, a plain text and an HTML page, from one template of plain paragraphs."""

import re
import textwrap
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contracts.municipalities import MUNICIPALITIES
from contracts.roles import SupplierRole
from contracts.tracks.stage import Stage
from services.notifications.dates import Language, day_shown, moment_shown
from services.notifications.notice import Notice, Sender
from services.notifications.said import one_line, web_address
from services.notifications.wording import ACTIONS, role_in_words, stage_in_words

TEXTS = Path(__file__).parent / "texts"
LONGEST_SUBJECT = 150
WIDTH = 72
#: Every detail that a text may speak of; one that a notice does not have is empty.
DETAILS = (
    *("actions", "agreement_id", "code", "detail", "ean", "eans", "join_url", "published", "reason", "reminder"),
    *("sent", "sign_by", "since", "stage", "starts_at", "title", "url", "version"),
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
    said = _Said(notice, language)
    links = [
        Link(said.block("link") or said.frame("page"), web_address(said.block("url") or _page(notice, sender))),
        Link(said.frame("answer"), answer or ""),
    ]
    if answer:
        links.reverse()  # an invitation is answered first, and followed later
    told: dict[str, Any] = {
        "language": language,
        "subject": one_line(said.block("subject"), LONGEST_SUBJECT),
        "heading": said.block("heading"),
        "body": _paragraphs(said.block("body")),
        "next_step": said.frame("next_step"),
        "next": said.block("next"),
        "links": [link for link in links if link.url],
        "ban": said.frame("ban") if said.municipal else "",
        "why": said.frame("why"),
        "preferences": Link(said.frame("preferences"), preferences_of(notice, sender)),
        "sample": said.frame("sample") if sender.sample else "",
    }
    return Words(told["subject"], _plain().get_template("mail.txt.j2").render(told), _html(told))


def preferences_of(notice: Notice, sender: Sender) -> str:
    """Return where a municipality changes who hears, and how; empty for the supplier side."""
    page = _page(notice, sender)
    return f"{page}/kontakter" if page else ""


def _page(notice: Notice, sender: Sender) -> str:
    of_a_municipality = sender.portal and not isinstance(notice.role, SupplierRole)
    return f"{sender.portal}/kommune/{notice.municipality}" if of_a_municipality else ""


class _Said:
    """The blocks of a notice's template, and of what stands in every mail, in one language."""

    def __init__(self, notice: Notice, language: Language) -> None:
        self.municipal = not isinstance(notice.role, SupplierRole)
        environment = _speaking(language)
        self._template = environment.get_template(f"{language}/{notice.template}.j2")
        self._frame = environment.get_template(f"{language}/frame.j2")
        self._context = {
            **dict.fromkeys(DETAILS, ""),
            **{name: _shown(name, value) for name, value in notice.details.items()},
            "role": notice.role,
            "municipality": MUNICIPALITIES[notice.municipality].name,
        }

    def block(self, name: str) -> str:
        return _block(self._template, name, self._context)

    def frame(self, name: str) -> str:
        return _block(self._frame, name, self._context)


def _block(template: Any, name: str, context: Mapping[str, Any]) -> str:
    block = template.blocks.get(name)
    return "".join(block(template.new_context(dict(context)))).strip() if block else ""


def _shown(name: str, value: str | int) -> str | int:
    if isinstance(value, int):
        return value
    return web_address(value) if name in _ADDRESSES else one_line(value)


def _paragraphs(body: str) -> list[Paragraph]:
    return [_paragraph(part.strip().splitlines()) for part in re.split(r"\n\s*\n", body) if part.strip()]


def _paragraph(lines: list[str]) -> Paragraph:
    bullets = tuple(line.removeprefix("- ") for line in lines if line.startswith("- "))
    return Paragraph(" ".join(lines), bullets if len(bullets) == len(lines) else ())


def _html(told: Mapping[str, Any]) -> str:
    return _inliner().inline(_marked_up().get_template("mail.html.j2").render(told))


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False)


@cache
def _speaking(language: Language) -> Environment:
    """Return what reads the texts: plain ones, which are marked up as a whole, and escaped, by `mail.html.j2`."""
    environment = _environment(autoescape=False)
    environment.filters["day"] = lambda said: day_shown(said, language)
    environment.filters["moment"] = lambda said: moment_shown(said, language)
    environment.filters["role"] = lambda role: getattr(role_in_words(role), language)
    environment.filters["stage"] = lambda stage: getattr(stage_in_words(Stage(stage)), language)
    environment.filters["action"] = lambda action: getattr(ACTIONS[action], language)
    return environment


@cache
def _plain() -> Environment:
    environment = _environment(autoescape=False)
    environment.filters["wrapped"] = _wrapped
    return environment


@cache
def _marked_up() -> Environment:
    return _environment(autoescape=True)


def _environment(*, autoescape: bool) -> Environment:
    return Environment(
        loader=FileSystemLoader(TEXTS),
        autoescape=autoescape,  # noqa: S701  off for plain text alone
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _wrapped(text: str, indent: int = 0) -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)
