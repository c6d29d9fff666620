"""Instants by the clock of Copenhagen, in both languages."""

from datetime import UTC, datetime

import pytest

from services.portal.catalogue import Language
from services.portal.dates import day, days_between, moment, short

WINTER = datetime(2026, 11, 20, 9, 42, tzinfo=UTC)
LATE_IN_SUMMER = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "language", "said"),
    [
        (moment, Language.DANISH, "20. november 2026 kl. 10.42"),
        (moment, Language.ENGLISH, "20 November 2026, 10:42"),
        (day, Language.DANISH, "20. november 2026"),
        (short, Language.DANISH, "20.11.2026 10.42"),
    ],
)
def test_an_instant_reads_as_people_write_it(shown, language, said):
    assert shown(language, WINTER) == said


def test_in_summer_the_day_ends_two_hours_before_utc_does():
    assert moment(Language.DANISH, LATE_IN_SUMMER) == "2. juli 2026 kl. 00.30"


def test_days_are_counted_by_midnights():
    assert days_between(datetime(2026, 11, 19, 22, 59, tzinfo=UTC), datetime(2026, 11, 19, 23, 1, tzinfo=UTC)) == 1
