"""The page behind a link to answer by: what it shows of the invitation, and why it may not be answered."""

import base64
import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi.responses import HTMLResponse

from contracts.events import Partstat
from contracts.municipalities import MUNICIPALITIES
from contracts.roles import Role
from services.notifications.answer_links import Answering
from services.notifications.dates import Language
from services.notifications.said import one_line
from services.notifications.templates import Blocks, page

STYLE = (
    "body{margin:0;background:#F5F5F5;color:#1A1A1A;font:16px/1.5 'IBM Plex Sans',Arial,sans-serif}"
    "main{max-width:600px;margin:16px auto;padding:20px;background:#FFF;border:1px solid #DCDCDC;border-radius:8px;"
    "overflow-wrap:anywhere}h1{font-size:22px;margin:0 0 12px}"
    "button{display:block;width:100%;margin:0 0 12px;padding:12px;font:inherit;font-weight:bold;color:#004D99;"
    "background:#FFF;border:2px solid #004D99;border-radius:4px;cursor:pointer}"
    "button[aria-pressed]{background:#004D99;color:#FFF}button:focus{outline:3px solid #747474;outline-offset:2px}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
#: The address is a key: nobody else is told of it, and nothing keeps the page.
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


class Choice(NamedTuple):
    """One of the three answers."""

    value: Partstat
    label: str
    chosen: bool


def invitation(language: Language, answering: Answering, webinar: Mapping[str, Any]) -> HTMLResponse:
    """Show the invitation, the municipality's answer so far, and the three that it can give."""
    said = Blocks(language, "answer", _context(answering, webinar))
    given = webinar["response"]
    labels = {Partstat.ACCEPTED: "accept", Partstat.TENTATIVE: "maybe", Partstat.DECLINED: "decline"}
    choices = [Choice(value, said[label], chosen=value == given) for value, label in labels.items()]
    return _page(language, said["open"], said["invitation"], status=said[given or "none"], choices=choices)


def cancelled(language: Language, answering: Answering, webinar: Mapping[str, Any]) -> HTMLResponse:
    """Show that there is nothing to answer any more."""
    said = Blocks(language, "answer", _context(answering, webinar))
    return _page(language, said["cancelled"], said["cancelled_text"], code=HTTPStatus.CONFLICT)


def over(language: Language) -> HTMLResponse:
    """Show that the link was good once."""
    said = Blocks(language, "answer", {})
    return _page(language, said["over"], said["over_text"], code=HTTPStatus.GONE)


def unknown(language: Language = "da") -> HTMLResponse:
    """Show that there is no such link."""
    said = Blocks(language, "answer", {})
    return _page(language, said["unknown"], said["unknown_text"], code=HTTPStatus.NOT_FOUND)


def _context(answering: Answering, webinar: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": one_line(webinar["title"] or ""),
        "reason": one_line(webinar["reason"] or ""),
        "starts_at": webinar["starts_at"],
        "municipality": MUNICIPALITIES[answering.municipality].name,
        "role": Role(answering.role),
    }


def _page(  # noqa: PLR0913  the places of the page
    language: Language,
    heading: str,
    text: str,
    *,
    status: str = "",
    choices: list[Choice] | None = None,
    code: HTTPStatus = HTTPStatus.OK,
) -> HTMLResponse:
    told = {"language": language, "heading": heading, "text": text, "status": status, "choices": choices}
    return HTMLResponse(page("answer.html.j2").render(told, style=STYLE), code, HEADERS)
