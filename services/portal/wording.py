"""Puts what is said into a language: days and times marked for machines, roles as a sentence lists them."""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import assert_never

from markupsafe import Markup, escape

from services.portal import dates
from services.portal.catalogue import Language, joined, text, worded
from services.portal.said import Day, Delay, Moment, OnDay, Roles, Said, Time, Value, Worded

#: What stands where a value is not known (yet).
UNKNOWN = "–"
#: Instants whose words are remembered: pages say the same ones again and again.
INSTANTS = 8_192
#: Texts that are remembered with their values: municipalities are told much the same.
TEXTS = 2_048


def say(language: Language, what: Said) -> Markup:
    """Return a text with its values; whatever came in from outside is escaped."""
    return _said(language, what.key, tuple((name, type(value), value) for name, value in what.values.items()))


@lru_cache(maxsize=TEXTS)
def _said(language: Language, key: str, values: tuple[tuple[str, type, Value], ...]) -> Markup:
    """Return the same; the type stands beside each value, since a day equals a time of the same instant."""
    shown = {name: _shown(language, value) for name, _, value in values}
    words = escape(worded(language, key, shown.get("n")))
    return words.format(**shown) if "{" in words else words


def role_name(language: Language, role: str) -> str:
    """Return a role as it stands inside a sentence: KP-systemansvarlig keeps its capitals."""
    name = text(language, f"role.{role}")
    first = name.split(maxsplit=1)[0]
    return name if any(letter.isupper() for letter in first[1:]) else name[:1].lower() + name[1:]


def delay(language: Language, seconds: float) -> str:
    """Return a length of time in its largest whole unit."""
    for unit, length in (("days", 86_400), ("hours", 3_600)):
        if seconds >= length:
            return text(language, f"delay.{unit}", n=int(seconds // length))
    return text(language, "delay.minutes", n=max(1, int(seconds // 60)))


@lru_cache(maxsize=INSTANTS)
def when(language: Language, shown: Callable[[Language, datetime], str], instant: datetime | str) -> Markup:
    """Return an instant as people read it, inside an element that says it to machines to the second."""
    moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
    return marked(moment.isoformat(timespec="seconds").replace("+00:00", "Z"), shown(language, moment))


def marked(instant: str, shown: str) -> Markup:
    """Return what people read inside an element that says it to machines."""
    return Markup(f'<time datetime="{escape(instant)}">{escape(shown)}</time>')  # noqa: S704  escaped here


def _shown(language: Language, value: Value) -> Markup | str | int:  # noqa: C901, PLR0911  one line for each kind
    match value:
        case Day(None) | Time(None) | Moment(None) | OnDay(None):
            return UNKNOWN
        case Day(str() as instant):
            return when(language, dates.day, instant)
        case Time(str() as instant):
            return when(language, dates.time_of_day, instant)
        case Moment(str() as instant):
            return when(language, dates.moment, instant)
        case OnDay(str() as day):
            return marked(day, dates.day_of(language, date.fromisoformat(day)))
        case Roles(roles):
            return joined(language, [role_name(language, role) for role in roles])
        case Delay(seconds):
            return delay(language, seconds)
        case Worded(key):
            return text(language, key)
        case Markup() | int():
            return value
        case str():
            # What came in from outside may be of another language, and run the other way.
            return Markup("<bdi>{}</bdi>").format(value)
        case Day() | Time() | Moment() | OnDay():
            return UNKNOWN
    assert_never(value)
