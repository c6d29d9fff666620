"""What templates turn keys and values into, in one language: texts, dates, numbers, icons, names, addresses of files.

They are filters, and not functions, so that a template works out what it says of a constant once and not each time.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from markupsafe import Markup

from contracts.municipalities import MUNICIPALITIES
from services.chassis import clock
from services.portal.catalogue import Language, joined, text
from services.portal.dates import day, day_of, days_between, moment, short, time_of_day
from services.portal.static_files import static
from services.portal.wording import marked, role_name, say, when

ICONS = "dkfds/img/all-svg-icons.svg"
#: Those that are not called by their name and "Kommune".
OWN_NAMES = {"0101": "Københavns Kommune", "0400": "Bornholms Regionskommune"}
_ICON = Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>')


def filters_of(language: Language) -> Mapping[str, Callable[..., Any]]:
    """Return the filters by their names in templates."""
    return {
        "t": partial(text, language),
        "say": partial(say, language),
        "joined": partial(joined, language),
        "role_name": partial(role_name, language),
        "day": partial(when, language, day),
        "moment": partial(when, language, moment),
        "short": partial(when, language, short),
        "on_day": partial(_on_day, language),
        "time_of_day": partial(time_of_day, language),
        "days": partial(_days, language),
        "number": partial(_number, language),
        "icon": icon,
        "municipality_name": name_of,
        "static": static,
    }


@cache
def icon(name: str, more: str = "") -> Markup:
    """Return an icon beside a text; it is not read aloud, and `more` are further classes of it."""
    return _ICON.format(f"icon-svg {more}".rstrip(), static(ICONS), name)


def name_of(code: str) -> str:
    """Return a municipality as it calls itself."""
    return OWN_NAMES.get(code) or f"{MUNICIPALITIES[code].name} Kommune"


def _on_day(language: Language, on: str) -> Markup:
    """Return a date that is no instant, e.g. a deadline."""
    return marked(on, day_of(language, date.fromisoformat(on)))


def _days(language: Language, since: str) -> str:
    """Return how many days ago an instant was."""
    return text(language, "overview.days", n=days_between(datetime.fromisoformat(since), clock.now()))


def _number(language: Language, n: int) -> str:
    """Return a number with its thousands set apart: `4.218` or `4,218`."""
    return f"{n:,}".replace(",", "." if language is Language.DANISH else ",")
