"""Instants as people in Denmark read them, by their own clock (Europe/Copenhagen)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.portal.catalogue import Language, text

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def day(language: Language, when: datetime) -> str:
    """`20. november 2026` or `20 November 2026`."""
    return day_of(language, when.astimezone(COPENHAGEN).date())


def day_of(language: Language, on: date) -> str:
    """Return a date that is no instant in the words of `day`."""
    month = text(language, f"month.{on.month}")
    return f"{on.day}. {month} {on.year}" if language is Language.DANISH else f"{on.day} {month} {on.year}"


def moment(language: Language, when: datetime) -> str:
    """`20. november 2026 kl. 10.42` or `20 November 2026, 10:42`."""
    joint = " kl. " if language is Language.DANISH else ", "
    return f"{day(language, when)}{joint}{time_of_day(language, when)}"


def short(language: Language, when: datetime) -> str:
    """`20.11.2026 10.42`, for tables; the day comes first in both languages."""
    local = when.astimezone(COPENHAGEN)
    return f"{local:%d.%m.%Y} {time_of_day(language, when)}"


def time_of_day(language: Language, when: datetime) -> str:
    """`10.42` or `10:42`."""
    local = when.astimezone(COPENHAGEN)
    return f"{local:%H.%M}" if language is Language.DANISH else f"{local:%H:%M}"


def days_between(since: datetime, now: datetime) -> int:
    """Return how many midnights of Copenhagen lie between two instants."""
    return (now.astimezone(COPENHAGEN).date() - since.astimezone(COPENHAGEN).date()).days
