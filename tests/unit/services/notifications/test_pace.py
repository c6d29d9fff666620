"""Turns are given at the pace, whoever asks for them, and none is saved up."""

import pytest

from services.notifications.pace import Pace


class Clock:
    """A clock of the test's own, and what was slept by it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []
        self.pace = Pace(per_minute=120, now=lambda: self.now, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))


async def test_the_more_mails_leave_at_once_the_longer_the_next_ones_wait():
    clock = Clock()

    for mails in (1, 4, 1):
        await clock.pace.turn(mails)

    assert clock.slept == [0, 0.5, 2.5]


@pytest.mark.parametrize(("per_minute", "a_second"), [(1, 1), (119, 1), (120, 2), (1_200, 20)])
def test_where_a_second_allows_none_whole_it_allows_one(per_minute: int, a_second: int):
    assert Pace(per_minute).a_second == a_second


async def test_a_turn_that_nobody_took_is_not_saved_up():
    clock = Clock()
    await clock.pace.turn(1)
    clock.now += 60

    await clock.pace.turn(1)
    await clock.pace.turn(1)

    assert clock.slept == [0, 0, 0.5]
