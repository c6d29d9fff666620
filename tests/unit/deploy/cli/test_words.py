"""Times as people in Denmark read them."""

from zoneinfo import ZoneInfoNotFoundError

import pytest

from deploy.cli import words


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        ("2026-04-20T09:15:00Z", "20 Apr 2026 11:15"),
        ("2026-12-31T23:30:00Z", "1 Jan 2027 00:30"),
        ("2026-04-20T09:15:00.123456Z", "20 Apr 2026 11:15"),
        (None, "–"),
    ],
    ids=["summer", "winter, over midnight", "with a fraction", "never"],
)
def test_times_are_danish(instant, shown):
    assert words.local_time(instant) == shown


def test_a_machine_without_time_zones_says_that_it_shows_utc(monkeypatch):
    def no_zones(name: str) -> None:
        raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr(words, "ZoneInfo", no_zones)

    assert words.local_time("2026-04-20T09:15:00Z") == "20 Apr 2026 09:15 UTC"


def test_a_state_without_a_short_word_is_shown_as_it_is():
    assert words.word(words.FORWARDING, "some_new_state") == "some new state"
