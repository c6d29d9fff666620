"""Days and moments as Danish offices read them, in both languages."""

from datetime import date, datetime
from typing import Literal

from contracts.instants import read_instant
from services.notifications.working_days import DENMARK

Language = Literal["da", "en"]
MONTHS: dict[Language, tuple[str, ...]] = {
    "da": (
        *("januar", "februar", "marts", "april", "maj", "juni"),
        *("juli", "august", "september", "oktober", "november", "december"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}


def day_shown(said: str, language: Language) -> str:
    """Return `2026-03-10`, or the Danish day of a moment, as `10. marts 2026` or `10 March 2026`."""
    day = date.fromisoformat(said) if len(said) == len("2026-03-10") else _local(said).date()
    point = "." if language == "da" else ""
    return f"{day.day}{point} {MONTHS[language][day.month - 1]} {day.year}"


def moment_shown(said: str, language: Language) -> str:
    """Return a moment with offset by the clock in Denmark: `10. marts 2026 kl. 10.00`, `10 March 2026, 10:00`."""
    clock = f"{_local(said):%H.%M}" if language == "da" else f"{_local(said):%H:%M}"
    between = " kl. " if language == "da" else ", "
    return f"{day_shown(said, language)}{between}{clock}"


def _local(said: str) -> datetime:
    return datetime.fromisoformat(read_instant(said)).astimezone(DENMARK)
