"""Who is cancelled ends, also in the moment in which what it waits for does."""

import asyncio

import pytest

import services.chassis  # noqa: F401  from here on a cancellation is kept
from services.chassis.cancellation import to_its_end


async def test_a_cancellation_in_the_moment_of_the_end_is_kept():
    ending: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(asyncio.wait_for(ending, 5))
    await asyncio.sleep(0)
    ending.set_result(1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_what_ends_in_time_is_returned():
    assert await asyncio.wait_for(asyncio.sleep(0, 7), 5) == 7
    assert await asyncio.wait_for(asyncio.sleep(0, 7), None) == 7


@pytest.mark.parametrize("seconds", [0, 0.01])
async def test_what_does_not_is_cancelled(seconds: float):
    never = asyncio.create_task(asyncio.Event().wait())
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(never, seconds)
    assert never.cancelled()


async def test_what_must_not_be_cut_off_comes_to_its_end_before_who_waits_for_it_is_cancelled():
    may_end, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await may_end.wait()
        ended.set()

    waiting = asyncio.create_task(to_its_end(work()))
    await asyncio.sleep(0)
    waiting.cancel()
    _, still = await asyncio.wait({waiting}, timeout=0.05)
    assert still
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended.is_set()
