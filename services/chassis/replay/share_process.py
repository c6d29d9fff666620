"""A share's work in a process of its own: told over a pipe what to do, it answers with the outcome."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from typing import Any

from services.chassis.errors import KlarmeldError
from services.chassis.log.log_reader import Offsets
from services.chassis.projection.target import Target, reached
from services.chassis.replay.judging import Tell
from services.chassis.replay.share_reading import Strays, Swap
from services.chassis.replay.share_work import Judgement, ShareWork
from services.chassis.replay.shares import Asked, Share

TOLD, SWAPPED, DONE, FAILED = "told", "swapped", "done", "failed"
ENDING_S = 5
#: So much lower is its priority than that of who serves readers beside it (see `nice`).
NICER = 10


class ProcessEndedError(KlarmeldError):
    """A process that worked on a share ended by itself."""


class RemoteWork:
    """Stands for the work of a share in another process."""

    def __init__(self, pipe: Any, tell: Tell, swap: Swap) -> None:
        self._pipe = pipe
        self._tell = tell
        self._swap = swap

    async def write(self, collection: str, start: Offsets, fence: Offsets) -> None:
        await self._done("write", collection, start, fence)

    async def judge(self, collections: Sequence[str], start: Offsets, fence: Offsets) -> list[Judgement]:
        judged: list[Judgement] = await self._done("judge", collections, start, fence)
        return judged

    async def _done(self, *step: Any) -> Any:
        try:
            self._pipe.send(step)
            while True:
                said, *answer = await asyncio.to_thread(self._pipe.recv)
                if said == TOLD:
                    self._tell(*answer)
                elif said == SWAPPED:
                    self._pipe.send(await self._swap(answer[0]))
                elif said == FAILED:
                    raise answer[0]
                else:
                    return answer[0]
        except (EOFError, OSError) as error:
            raise ProcessEndedError("A process of this command ended by itself; start the command again.") from error


@asynccontextmanager
async def in_process(  # noqa: PLR0913  wired once, by keyword
    *, target: Target, share: Share, asked: Asked, room: int, tell: Tell, swap: Swap
) -> AsyncIterator[RemoteWork]:
    """Yield the work on a share in a new process, which ends with the block or with this process."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, target, share, asked, room), daemon=True)
    with _ctrl_c_held():
        process.start()
    theirs.close()
    try:
        yield RemoteWork(ours, tell, swap)
    except BaseException:
        process.kill()  # it may be in the middle of something, and nobody waits for that any more
        raise
    finally:
        ours.close()
        await asyncio.to_thread(process.join, ENDING_S)
        if process.is_alive():
            process.kill()


@contextmanager
def _ctrl_c_held() -> Iterator[None]:
    """Hold Ctrl-C back: what starts meanwhile never gets it, and who starts it gets it afterwards.

    A terminal sends it to each of its processes; what it means the command decides, which ends the others.
    """
    resource_tracker.ensure_running()  # its own start lets Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection, target: Target, share: Share, asked: Asked, room: int) -> None:
    os.nice(NICER)
    asyncio.run(_answering(pipe, target, share, asked, room))


async def _answering(pipe: Any, target: Target, share: Share, asked: Asked, room: int) -> None:
    """Do what is asked until nobody asks any more; who asked is gone where telling fails."""

    def tell(*told: Any) -> None:
        pipe.send((TOLD, *told))

    async def swap(strays: Strays) -> Strays:
        pipe.send((SWAPPED, strays))
        handed: Strays = await asyncio.to_thread(pipe.recv)
        return handed

    try:
        step = await asyncio.to_thread(pipe.recv)
        async with reached(target) as subject:
            work = ShareWork(subject=subject, share=share, asked=asked, room=room, tell=tell, swap=swap)
            while True:
                pipe.send((DONE, await getattr(work, step[0])(*step[1:])))
                step = await asyncio.to_thread(pipe.recv)
    except KlarmeldError as error:
        pipe.send((FAILED, error))
    except (EOFError, OSError):
        return
