"""The driver's errors as ours; who was told to end ends so, whatever the driver makes of it."""

import asyncio

import pytest
from pymongo.errors import AutoReconnect

from services.chassis.errors import StoreUnavailableError
from services.chassis.projection.store import translated


async def asked() -> None:
    async with translated():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise AutoReconnect("operation cancelled") from None


async def test_a_cancellation_that_the_driver_answers_with_an_error_is_still_one():
    task = asyncio.create_task(asked())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_that_nobody_asked_for_is_the_databases():
    with pytest.raises(StoreUnavailableError, match="AutoReconnect"):
        async with translated():
            raise AutoReconnect("gone")
