"""The local issuer's page that asks who somebody is, in Danish and English; it looks like the portal that sent them."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader

from contracts.access import MUNICIPAL, UserRole
from contracts.municipalities import MUNICIPALITIES
from services.portal.catalogue import Language, first_spoken
from services.portal.rendering import templates

#: Who is offered first: somebody who acts, in a municipality of the sample roster.
USUAL, USUAL_CODE = UserRole.ACT, "0657"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)
_BY_NAME = sorted(MUNICIPALITIES.values(), key=lambda each: each.name)


def choice_page(asked: Mapping[str, str], language: Language) -> HTMLResponse:
    """Return the form; `asked` comes back with what is chosen in it, and leads to the portal that asked."""
    page = _rendered("choice.html", language, asked=asked, usual=USUAL, usual_code=USUAL_CODE, codes=_BY_NAME)
    return HTMLResponse(page, headers=_headers(asked["redirect_uri"]))


def refusal_page(trouble: str, language: Language) -> HTMLResponse:
    """Return what is wrong with a question; it names a place of the protocol, so it is the same in each language."""
    return HTMLResponse(_rendered("refused.html", language, trouble=trouble), 400, headers=_headers(None))


def language_of(locales: str) -> Language:
    """Return the first language of `ui_locales` that is spoken here; Danish where none is."""
    asked = (each.partition("-")[0].lower() for each in locales.split())
    return first_spoken(asked)


def _rendered(template: str, language: Language, **values: Any) -> str:
    known = {"language": language, "texts": TEXTS[language], "roles": ROLES[language], "municipal": MUNICIPAL}
    return _templates(language).get_template(template).render({**known, **values})


@cache
def _templates(language: Language) -> Environment:
    return templates(language, PackageLoader("deploy.local", "sign_in_templates"))


def _headers(back: str | None) -> Mapping[str, str]:
    """Return the headers; a browser lets a form lead to `back` too, where its answer sends it."""
    parts = urlsplit(back or "")
    leads = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return {"Content-Security-Policy": _POLICY + leads, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


TEXTS: Mapping[Language, Mapping[str, str]] = {
    Language.DANISH: {
        "title": "Hvem er du?",
        "only_here": "Kun på denne maskine: vælg, hvem du er. Der skal ingen adgangskode til.",
        "role": "Rolle",
        "municipality": "Kommune",
        "municipality_hint": "Har betydning for kommunens to roller.",
        "go": "Log på",
        "refused": "Forespørgslen kan ikke besvares",
        "other": "English",
    },
    Language.ENGLISH: {
        "title": "Who are you?",
        "only_here": "On this machine only: choose who you are. No password is needed.",
        "role": "Role",
        "municipality": "Municipality",
        "municipality_hint": "Matters to the two roles of a municipality.",
        "go": "Sign in",
        "refused": "The request cannot be answered",
        "other": "Dansk",
    },
}
ROLES: Mapping[Language, Mapping[UserRole, tuple[str, str]]] = {
    Language.DANISH: {
        UserRole.ACT: ("Kommune: behandler opgaven", "Ser kommunens side og kan handle på den."),
        UserRole.READ: ("Kommune: læser med", "Ser kommunens side."),
        UserRole.COORDINATOR: ("Koordinator", "Ser alle kommuner og overblikket."),
        UserRole.EG: ("EG", "Ser alle kommuner og overblikket."),
        UserRole.OPERATIONS: ("Drift", "Ser tjenesterne, parkerede hændelser og genopbygning."),
    },
    Language.ENGLISH: {
        UserRole.ACT: ("Municipality: acts on the task", "Sees the municipality's page and can act on it."),
        UserRole.READ: ("Municipality: reads along", "Sees the municipality's page."),
        UserRole.COORDINATOR: ("Coordinator", "Sees all municipalities and the overview."),
        UserRole.EG: ("EG", "Sees all municipalities and the overview."),
        UserRole.OPERATIONS: ("Operations", "Sees the services, parked events and rebuilds."),
    },
}
