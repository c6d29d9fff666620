"""Turns are given evenly, whoever asks for them, and none is saved up."""

import asyncio

import pytest

from services.notifications.pace import Pace


class Clock:
    """The loop's clock of a test, which goes on only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: clock)
    monkeypatch.setattr(asyncio, "sleep", clock.sleep)
    return clock


async def test_those_who_ask_at_once_take_turns(clock: Clock):
    pace = Pace(per_minute=120)

    for _ in range(3):
        await pace.turn()

    assert clock.slept == [0, 0.5, 1.0]


async def test_a_turn_that_nobody_took_is_not_saved_up(clock: Clock):
    pace = Pace(per_minute=120)
    await pace.turn()
    clock.now += 60

    await pace.turn()
    await pace.turn()

    assert clock.slept == [0, 0, 0.5]
