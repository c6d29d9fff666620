"""Pages made from templates: in the visitor's language, with the shell around them and nothing inline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from contracts.municipalities import MUNICIPALITIES
from services.chassis import clock
from services.portal.catalogue import Language, has_text, joined, text
from services.portal.dates import day, day_of, days_between, moment, short, time_of_day
from services.portal.navigation import Entry, entries
from services.portal.static_files import static
from services.portal.visitors import Visitor
from services.portal.wording import marked, role_name, say

LANGUAGE_COOKIE = "sprog"
A_YEAR_S = 31_536_000
HEADERS = {"Cache-Control": "no-store", "Vary": "Cookie"}


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Renders templates; `local` and `sample_data` are the settings of those names."""

    local: bool
    sample_data: bool

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a whole page."""
        return HTMLResponse(self.html(request, template, **values), status, HEADERS)

    def html(self, request: Request, template: str, **values: Any) -> str:
        """Return what a template makes of `values` for the visitor of `request`."""
        return self._environment.get_template(template).render(
            {"local": self.local, "sample_data": self.sample_data, **_shell(request), **values}
        )

    @cached_property
    def _environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.globals |= {"static": static, "has_text": has_text}
        return environment


def language_of(request: Request) -> Language:
    """Return the language that was asked for now, or earlier; Danish where none was."""
    asked = (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE))
    return next((Language(each) for each in asked if each in set(Language)), Language.DANISH)


def name_of(code: str) -> str:
    """Return a municipality as it calls itself."""
    name = MUNICIPALITIES[code].name
    return _OWN_NAMES.get(code, f"{name} Kommune")


#: Those that are not called by their name and "Kommune".
_OWN_NAMES = {"0101": "Københavns Kommune", "0400": "Bornholms Regionskommune"}


def _shell(request: Request) -> Mapping[str, Any]:
    """Return what every template may use: texts, dates, the visitor, where they are and where they may go."""
    language = language_of(request)
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    return {
        "language": language,
        "other": Language.ENGLISH if language is Language.DANISH else Language.DANISH,
        "t": partial(text, language),
        "joined": partial(joined, language),
        "day": partial(_marked, day, language),
        "moment": partial(_marked, moment, language),
        "short": partial(_marked, short, language),
        "on_day": partial(_on_day, language),
        "say": partial(say, language),
        "role_name": partial(role_name, language),
        "days": partial(_days, language),
        "now": clock.now(),
        "time_of_day": partial(time_of_day, language),
        "visitor": visitor,
        "municipality_name": name_of,
        "navigation": navigation(request, visitor),
        "here": request.url.path,
        "in_language": partial(_in_language, request),
    }


def navigation(request: Request, visitor: Visitor | None) -> Sequence[Entry]:
    """Return the pages that the visitor may open."""
    return entries(visitor, request.url.path) if visitor else ()


def _marked(shown: Any, language: Language, instant: datetime | str) -> Markup:
    """Return an instant as people read it, inside an element that says it to machines."""
    when = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return marked(when.isoformat(timespec="seconds").replace("+00:00", "Z"), shown(language, when))


def _on_day(language: Language, on: str) -> Markup:
    """Return a date that is no instant, e.g. a deadline."""
    return marked(on, day_of(language, date.fromisoformat(on)))


def _days(language: Language, since: str) -> str:
    """Return how many days ago an instant was."""
    return text(language, "overview.days", n=days_between(datetime.fromisoformat(since), clock.now()))


def _in_language(request: Request, language: Language) -> str:
    """Return the query that shows the same page in another language."""
    kept = [(name, value) for name, value in parse_qsl(request.url.query) if name != "lang"]
    return f"?{urlencode([*kept, ('lang', language.value)])}"
