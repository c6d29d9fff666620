"""Danish working days, and the hour from which a municipality is reminded of something."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

# named by its module: asked for by its code it is loaded at the first question, a second in the midst of others' work
from holidays.countries.denmark import Denmark

DENMARK: Final = ZoneInfo("Europe/Copenhagen")
#: Nobody is reminded at night.
OPENING_HOUR: Final = 8
SATURDAY: Final = 5


def is_working_day(day: date) -> bool:
    """Whether offices are open: no weekend, no public holiday, nor 5 June, 24 or 31 December."""
    return day.weekday() < SATURDAY and day not in _closed(day.year)


def due_day(since: datetime, working_days: int) -> date:
    """Return the Danish day on which so many working days have gone by since the day of an instant."""
    days = _working_days_after(since.astimezone(DENMARK).date())
    return [next(days) for _ in range(working_days)][-1]


def has_come(day: date, now: datetime) -> bool:
    """Whether offices have opened in Denmark on this day, or it has gone by."""
    local = now.astimezone(DENMARK)
    return (local.date(), local.hour) >= (day, OPENING_HOUR)


def monday_of(now: datetime) -> date:
    """Return the Monday of the Danish week."""
    local = now.astimezone(DENMARK).date()
    return local - timedelta(days=local.weekday())


def _working_days_after(day: date) -> Iterator[date]:
    while True:
        day += timedelta(days=1)
        if is_working_day(day):
            yield day


@lru_cache(maxsize=32)
def _closed(year: int) -> frozenset[date]:
    return frozenset(Denmark(years=year, categories=("public", "optional")))  # type: ignore[no-untyped-call]
