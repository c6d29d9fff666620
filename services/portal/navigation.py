"""The pages that the navigation leads to, and who may open them."""

from collections.abc import Sequence
from typing import NamedTuple

from contracts.access import PAGES
from services.portal.visitors import Visitor


class Entry(NamedTuple):
    """One link of the navigation."""

    key: str
    path: str
    current: bool


#: Key of the text, and the page's route; who may open it says the table of pages.
PLACES = (
    ("nav.status", "/kommune/{code}"),
    ("nav.history", "/kommune/{code}/historik"),
    ("nav.notices", "/kommune/{code}/beskeder"),
    ("nav.contacts", "/kommune/{code}/kontakter"),
    ("nav.overview", "/overblik"),
    ("nav.operations", "/drift"),
)


def entries(visitor: Visitor, here: str) -> Sequence[Entry]:
    """Return the pages that `visitor` may open; a municipality's are those of the own one, or of the one looked at."""
    code = visitor.municipality or _municipality_in(here)
    found = []
    for key, place in PLACES:
        rule = PAGES.get(("GET", place))
        if rule is None or not visitor.caller.roles & rule.roles or ("{code}" in place and code is None):
            continue
        path = place.format(code=code)
        found.append(Entry(key, path, here == path))
    return found


def _municipality_in(path: str) -> str | None:
    parts = path.split("/")
    return parts[2] if parts[1:2] == ["kommune"] and len(parts) > 2 else None
