"""Whether a service has taken in everything that the log held when it was asked: no view is then older than that."""

import asyncio

from services.chassis.log.log_reader import LogReader, Offsets

LOOK_EVERY_S = 0.2


async def caught_up(log: LogReader, group: str, *, within_s: float) -> bool:
    """Return whether `group`, all its members together, has made everything durable that is on the log now."""
    fence = await log.ends()
    end = asyncio.get_running_loop().time() + within_s
    while behind := _behind(await log.committed(group), fence):
        if asyncio.get_running_loop().time() > end:
            return not await _records(log, behind, fence)
        await asyncio.sleep(LOOK_EVERY_S)
    return True


def _behind(committed: Offsets, fence: Offsets) -> Offsets:
    return {each: committed[each] for each, end in fence.items() if committed[each] < end}


async def _records(log: LogReader, start: Offsets, fence: Offsets) -> bool:
    """Whether there is a record in between: a transaction's end takes an offset too, and nobody commits that."""
    async for records in log.records(start, {each: fence[each] for each in start}):
        if records:
            return True
    return False
