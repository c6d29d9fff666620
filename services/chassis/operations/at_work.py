"""A command that rebuilds is seen by others while it works, as a job that was asked of the service is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from services.chassis import clock
from services.chassis.errors import KlarmeldError, LogUnavailableError, StoreUnavailableError
from services.chassis.projection.jobs import Job, Jobs, Kind, State
from services.chassis.projection.journal import Signature
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.target import Target
from services.chassis.replay.judging import Tell

BEAT_S = 1.0
#: Who was interrupted says so where that is quick; else its silence does.
LAST_WORD_S = 2.0


@asynccontextmanager
async def at_work(target: Target, kind: Kind, signature: Signature, tell: Tell) -> AsyncIterator[Tell]:
    """Take the place of the last job, also of one that runs, and yield what tells others too how far this one is."""
    client = connect(target.mongo.uri, timeout_s=target.mongo.timeout_s)
    try:
        jobs = Jobs(client[target.database])
        seen = _Seen(jobs, kind, await jobs.take(kind, signature.who, signature.why), tell)
        beating = asyncio.create_task(seen.beat())
        try:
            yield seen.told
        except BaseException as error:
            await seen.broke_off(error)
            raise
        else:
            await seen.ended(State.DONE)
        finally:
            beating.cancel()
            await asyncio.gather(beating, return_exceptions=True)
    finally:
        await client.close()


class _Seen:
    """The job of this process, as others see it."""

    def __init__(self, jobs: Jobs, kind: Kind, job: Job, tell: Tell) -> None:
        self._jobs = jobs
        self._kind = kind
        self._job = job
        self._tell = tell

    def told(self, step: str, done: int, total: int) -> None:
        self._job = self._job.at(step, done, total)
        self._tell(step, done, total)

    async def beat(self) -> None:
        """Say every second that it goes on, until it is nobody's any more."""
        theirs = True
        while theirs:
            await asyncio.sleep(BEAT_S)
            with suppress(StoreUnavailableError):
                theirs = await self._jobs.note(self._kind, self._job._replace(beat=clock.now_ms()))

    async def ended(self, state: State, detail: str | None = None) -> None:
        with suppress(StoreUnavailableError, TimeoutError):
            async with asyncio.timeout(LAST_WORD_S):
                await self._jobs.note(self._kind, self._job._replace(beat=clock.now_ms(), state=state, detail=detail))

    async def broke_off(self, error: BaseException) -> None:
        """Say that it failed, or that it was interrupted; where the database is away nothing can be said."""
        if isinstance(error, KlarmeldError) and not isinstance(error, StoreUnavailableError | LogUnavailableError):
            await self.ended(State.FAILED, error.detail)
        elif not isinstance(error, StoreUnavailableError):
            await self.ended(State.INTERRUPTED)
