"""Pages made from templates: in the visitor's language, with the shell around them and nothing inline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined

from services.chassis import clock
from services.portal.catalogue import Language, first_spoken, has_text
from services.portal.filters import filters_of
from services.portal.navigation import Entry, entries
from services.portal.pieces import Pieces
from services.portal.sealed import host_alone
from services.portal.visitors import Visitor

LANGUAGE_COOKIE = "sprog"
A_YEAR_S = 31_536_000
HEADERS = {"Cache-Control": "no-store", "Vary": "Cookie"}


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Renders templates; `local` and `sample_data` are the settings of those names."""

    local: bool
    sample_data: bool
    pieces: Pieces = field(default_factory=Pieces)

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a whole page."""
        return HTMLResponse(self.html(request, template, **values), status, HEADERS)

    def html(self, request: Request, template: str, **values: Any) -> str:
        """Return what a template makes of `values` for the visitor of `request`."""
        return (
            self._environments[language_of(request)]
            .get_template(template)
            .render({"local": self.local, "sample_data": self.sample_data, **_shell(request), **values})
        )

    @cached_property
    def _environments(self) -> Mapping[Language, Environment]:
        loader = FileSystemLoader(Path(__file__).parent / "templates")
        made = {language: templates(language, loader) for language in Language}
        for each in made.values():
            each.globals["has_text"] = has_text
        return made


def language_of(request: Request) -> Language:
    """Return the language that was asked for now, or earlier; Danish where none was."""
    kept = (request.cookies.get(host_alone(LANGUAGE_COOKIE, secure=secure)) for secure in (True, False))
    return first_spoken((request.query_params.get("lang"), *kept))


def templates(language: Language, loader: BaseLoader) -> Environment:
    """Return templates as every page has them: escaped, strict about names, with the filters of a language."""
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= filters_of(language)
    return environment


def _shell(request: Request) -> Mapping[str, Any]:
    """Return what every template may use: the visitor, where they are and where they may go."""
    language = language_of(request)
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    return {
        "language": language,
        "other": Language.ENGLISH if language is Language.DANISH else Language.DANISH,
        "now": clock.now(),
        "visitor": visitor,
        "navigation": navigation(request, visitor),
        "here": request.url.path,
        "in_language": partial(_in_language, request),
    }


def navigation(request: Request, visitor: Visitor | None) -> Sequence[Entry]:
    """Return the pages that the visitor may open."""
    return entries(visitor, request.url.path) if visitor else ()


def _in_language(request: Request, language: Language) -> str:
    """Return the query that shows the same page in another language."""
    kept = [(name, value) for name, value in parse_qsl(request.url.query) if name != "lang"]
    return f"?{urlencode([*kept, ('lang', language.value)])}"
