"""Instants of the wire as text: RFC 3339 in, UTC of fixed width inside, short UTC out."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d\d):(\d\d))", re.ASCII
)
_WHOLE_SECOND = re.compile(r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\dZ", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_MINUTE_MS = 60_000


def read_instant(text: str) -> str:
    """Return RFC 3339 `text` as UTC of fixed width, cut to microseconds; ValueError says what is wrong with it."""
    if _WHOLE_SECOND.fullmatch(text):
        return _of_whole_second(text)
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError("not an RFC 3339 time with offset and at most nine decimals")
    *parts, fraction, zulu, sign, hours, minutes = match.groups()
    if zulu is None and (int(hours) > 23 or int(minutes) > 59):
        raise ValueError("the offset is not between -23:59 and +23:59")
    offset = timedelta() if zulu else timedelta(hours=int(hours), minutes=int(minutes)) * (1 if sign == "+" else -1)
    microsecond = int((fraction or "").ljust(6, "0")[:6])
    year, month, day, hour, minute, second = map(int, parts)
    try:
        local = datetime(year, month, day, hour, minute, second, microsecond, UTC)
        return _text(local - offset)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"no such time: {error}") from None


def _of_whole_second(text: str) -> str:
    """Return the most usual form without taking it apart."""
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"no such time: {error}") from None
    return f"{text[:19]}.000000Z"


def fixed(moment: datetime) -> str:
    """Return an aware `moment` as UTC text of fixed width, e.g. `2026-02-01T09:00:00.000000Z`."""
    return _text(moment.astimezone(UTC))


def shown(instant: str) -> str:
    """Return an instant of fixed width as people and JSON see it: no fraction where it is zero."""
    return f"{instant[:19]}Z" if instant[20:26] == "000000" else instant


def is_later(instant: str, recorded: int) -> bool:
    """Whether an instant of fixed width lies after a record's timestamp, in milliseconds since 1970."""
    if instant < _minute(recorded // _MINUTE_MS):  # text order is the order in time, and nearly every fact is older
        return False
    return datetime.fromisoformat(instant) - _EPOCH > recorded * _MILLISECOND


@lru_cache(maxsize=256)
def _minute(number: int) -> str:
    """Return the beginning of a minute, counted since 1970; nothing for one that no text of ours says."""
    try:
        return from_milliseconds(number * _MINUTE_MS)
    except OverflowError:
        return ""


def from_milliseconds(recorded: int) -> str:
    """Return Kafka's record timestamp as an instant of fixed width."""
    return _text(_EPOCH + recorded * _MILLISECOND)


def to_milliseconds(instant: str) -> int:
    """Return an instant of fixed width as whole milliseconds since 1970, cut downwards."""
    moment = datetime.fromisoformat(instant)
    return (moment - _EPOCH) // _MILLISECOND


def _text(utc: datetime) -> str:
    return f"{utc.isoformat(timespec='microseconds')[:26]}Z"
