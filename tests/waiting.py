"""Waiting for what a test expects, for as long as it may take on a machine that has other things to do."""

import asyncio
from collections.abc import Callable


async def until(holds: Callable[[], bool], *, within_s: float = 60) -> None:
    async with asyncio.timeout(within_s):
        while not holds():
            await asyncio.sleep(0.02)
