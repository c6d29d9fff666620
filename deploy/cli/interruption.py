"""Ctrl-C and SIGTERM: both ask for the same orderly stop, and a second one no longer waits for it."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar, cast

T = TypeVar("T")
#: Some terminals and wrappers send one Ctrl-C twice; that is still the first one. In seconds.
_SAME_S = 1.0


def until_told(work: Coroutine[Any, Any, T], *, told_code: int = 0) -> T:
    """Run `work` and return its result; where Ctrl-C or SIGTERM ends it, let it clean up and exit with `told_code`."""
    with asyncio.Runner() as runner:
        interrupted, result = runner.run(_until_told(work))
        if interrupted:
            # A download in a thread of its own can't be cancelled, and nobody wants to wait for it now.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(told_code)
        return cast("T", result)


async def _until_told(work: Coroutine[Any, Any, T]) -> tuple[bool, T | None]:
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    told_at: list[float] = []

    def stop() -> None:
        told_at.append(loop.time())
        if len(told_at) == 1:
            task.cancel()
        elif told_at[-1] - told_at[0] > _SAME_S:
            os._exit(1)

    for each in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(each, stop)
    try:
        return False, await task
    except asyncio.CancelledError:
        return True, None
