"""Instants are read from RFC 3339, kept as UTC of fixed width, and shown short."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.instants import fixed, from_milliseconds, is_later, read_instant, shown, to_milliseconds


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-02-01T09:00:00Z", "2026-02-01T09:00:00.000000Z"),
        ("2026-02-01t09:00:00z", "2026-02-01T09:00:00.000000Z"),
        ("2026-02-01T09:00:00+01:00", "2026-02-01T08:00:00.000000Z"),
        ("2026-02-01T00:30:00+01:00", "2026-01-31T23:30:00.000000Z"),
        ("2026-02-01T09:00:00-00:00", "2026-02-01T09:00:00.000000Z"),
        ("2026-02-01T09:00:00.5-23:59", "2026-02-02T08:59:00.500000Z"),
        ("2026-02-01T09:00:00.123456999Z", "2026-02-01T09:00:00.123456Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_an_rfc_3339_time_is_read_as_utc_cut_to_microseconds(text: str, instant: str) -> None:
    assert read_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-01T09:00:00",
        "2026-02-01 09:00:00Z",
        "2026-02-01T09:00Z",
        "2026-02-01T09:00:00.Z",
        "2026-02-01T09:00:00.0123456789Z",
        "2026-02-01T09:00:00+0100",
        "2026-02-01T09:00:00+24:00",
        "2026-02-01T09:00:00+01:60",
        "2026-02-30T09:00:00Z",
        "2026-02-01T24:00:00Z",
        "2026-06-30T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2026-02-01T09:00:00Z\n",
        "२०२६-02-01T09:00:00Z",
    ],
)
def test_what_is_no_time_with_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_instant(text)


def test_a_fraction_is_shown_only_where_there_is_one() -> None:
    assert shown("2026-02-01T09:00:00.000000Z") == "2026-02-01T09:00:00Z"
    assert shown("2026-02-01T09:00:00.000100Z") == "2026-02-01T09:00:00.000100Z"


def test_a_moment_of_any_zone_is_fixed_in_utc() -> None:
    assert fixed(datetime(2026, 2, 1, 9, tzinfo=timezone(timedelta(hours=1)))) == "2026-02-01T08:00:00.000000Z"


@given(recorded=st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_milliseconds_of_the_log_come_back(recorded: int) -> None:
    assert to_milliseconds(from_milliseconds(recorded)) == recorded


def test_microseconds_are_cut_downwards() -> None:
    assert to_milliseconds("1970-01-01T00:00:00.001999Z") == 1
    assert to_milliseconds("1969-12-31T23:59:59.999999Z") == -1


@given(one=st.datetimes(timezones=st.timezones()), other=st.datetimes(timezones=st.timezones()))
def test_the_order_of_texts_is_the_order_in_time(one: datetime, other: datetime) -> None:
    try:
        texts = fixed(one), fixed(other)
    except OverflowError:
        return
    assert (texts[0] < texts[1]) == (one < other)


@given(st.integers(0, 86_400_000_000), st.integers(-90_000, 90_000))
def test_an_instant_is_later_than_a_record_to_the_microsecond(microseconds: int, apart_ms: int) -> None:
    instant = fixed(datetime(2026, 2, 1, tzinfo=UTC) + timedelta(microseconds=microseconds))
    recorded = to_milliseconds(instant) + apart_ms

    assert is_later(instant, recorded) == (instant > from_milliseconds(recorded))


def test_a_record_without_a_time_is_earlier_and_one_in_microseconds_later_than_every_instant_of_today() -> None:
    instant = "2026-02-01T09:00:00.000000Z"

    assert is_later(instant, -1)
    assert not is_later(instant, 1_770_000_000_000_000)
