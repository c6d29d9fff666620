"""When the time to sign is over: at the end of the `sign_by` day in Denmark."""

from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from typing import Final
from zoneinfo import ZoneInfo

from contracts.instants import fixed

DENMARK: Final = ZoneInfo("Europe/Copenhagen")


def day_of(instant: str) -> str:
    """Return the Danish day, `2026-02-01`, on which an instant of fixed width falls."""
    return datetime.fromisoformat(instant).astimezone(DENMARK).date().isoformat()


def is_over(sign_by: str | None, today: str) -> bool:
    """Whether a day to sign by lies before `today`; without such a day there is no end."""
    return sign_by is not None and sign_by < today


def end_of(day: str) -> str:
    """Return the instant at which a Danish day ends, of fixed width."""
    after = date.fromisoformat(day) + timedelta(days=1)
    return fixed(datetime.combine(after, time.min, DENMARK))


def expiry_id(agreement_id: str, sign_by: str) -> str:
    """Return the id of the one event that says that an agreement was not signed by its day."""
    said = f"{agreement_id}\n{sign_by}"
    return f"expired-{blake2b(said.encode(), digest_size=16).hexdigest()}"
