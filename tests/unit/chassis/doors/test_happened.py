"""When a command holds: now, and only where a story is played at the earlier time that it says."""

from types import SimpleNamespace

import pytest

from contracts.instants import fixed
from services.chassis import clock
from services.chassis.doors.happened import happened
from services.chassis.errors import InvalidRequestError


def saying(time: str | None) -> SimpleNamespace:
    return SimpleNamespace(headers={} if time is None else {"ce-time": time})


@pytest.mark.parametrize("past", [False, True])
def test_a_command_that_says_no_time_holds_from_now(past):
    before = fixed(clock.now())

    assert before <= happened(saying(None), past=past) <= fixed(clock.now())


def test_where_a_story_is_played_a_command_holds_from_the_time_it_says():
    assert happened(saying("2026-03-09T10:10:00+02:00"), past=True) == "2026-03-09T08:10:00.000000Z"


def test_elsewhere_a_time_is_refused_rather_than_left_out():
    with pytest.raises(InvalidRequestError, match="hold from now"):
        happened(saying("2026-03-09T08:10:00Z"), past=False)


@pytest.mark.parametrize(
    ("time", "why"), [("2999-01-01T00:00:00Z", "a time to come"), ("9 March", "no time"), ("", "no time")]
)
def test_a_time_that_cannot_be_is_refused(time, why):
    with pytest.raises(InvalidRequestError, match=why):
        happened(saying(time), past=True)
