"""A loop that was asked to end does end, also where the asking got lost on the way."""

import asyncio
from contextlib import suppress

import pytest

from services.chassis import clock


async def test_a_loop_ends_whose_cancellation_was_lost():
    begun, rounds = asyncio.Event(), 0

    async def work():
        nonlocal rounds
        while True:
            rounds += 1
            begun.set()
            with suppress(asyncio.CancelledError):  # as `wait_for` does where its own work has just ended
                await asyncio.Event().wait()
            await clock.pause(0)

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert rounds == 1


async def test_a_pause_of_a_task_that_goes_on_lets_others_take_their_turn():
    turn = asyncio.Event()
    asyncio.get_running_loop().call_soon(turn.set)
    await clock.pause(0)
    assert turn.is_set()
