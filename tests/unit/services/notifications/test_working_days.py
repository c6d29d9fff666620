"""Danish working days: what is closed, and when a day has begun."""

from datetime import UTC, date, datetime

import pytest

from services.notifications.working_days import due_day, has_come, is_working_day, monday_of


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 11, 21),  # Saturday
        date(2026, 4, 2),  # skærtorsdag
        date(2026, 5, 14),  # Kristi himmelfartsdag
        date(2026, 6, 5),  # grundlovsdag
        date(2026, 12, 24),
        date(2026, 12, 31),
    ],
)
def test_offices_are_closed(day: date):
    assert not is_working_day(day)


def test_store_bededag_has_been_a_working_day_since_2024():
    assert is_working_day(date(2025, 5, 16))


def test_easter_is_not_counted():
    assert due_day(datetime(2026, 4, 1, 10, tzinfo=UTC), 1) == date(2026, 4, 7)


def test_a_day_begins_in_denmark_not_in_utc():
    assert due_day(datetime(2026, 1, 5, 23, 30, tzinfo=UTC), 1) == date(2026, 1, 7)


@pytest.mark.parametrize(("hour", "come"), [(6, False), (7, True)])
def test_a_day_has_come_when_offices_open(hour: int, *, come: bool):
    assert has_come(date(2026, 1, 7), datetime(2026, 1, 7, hour, 0, tzinfo=UTC)) is come


def test_the_week_is_the_danish_one():
    assert monday_of(datetime(2026, 1, 11, 23, 30, tzinfo=UTC)) == date(2026, 1, 12)
