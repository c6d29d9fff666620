"""Long work beside answering requests: it says every second how far it is, and stops where it was taken away."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from services.chassis import clock
from services.chassis.errors import KlarmeldError, StoreUnavailableError
from services.chassis.logs import logger
from services.chassis.projection.jobs import Job, Jobs, Kind, State
from services.chassis.replay.judging import Tell

log = logger(__name__)
BEAT_S = 1.0
#: Does the work, tells how far it is, and returns its result as JSON values.
Work = Callable[[Tell], Awaitable[Mapping[str, Any]]]
#: Clears away what an aborted job left behind.
Sweep = Callable[[Job], Awaitable[None]]


async def nothing_left(_: Job) -> None:
    """Sweep nothing."""


class Background:
    """The jobs that this process works on, one of each kind at most in all processes of the service."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self, kind: Kind, who: str, why: str, work: Work, sweep: Sweep = nothing_left) -> Job:
        """Begin and return at once; ConflictError where one of its kind runs."""
        job = await self._jobs.begin(kind, who, why)
        task = asyncio.create_task(_Running(self._jobs, kind, job).run(work, sweep))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        log.info("job_began", kind=kind.value)
        return job

    async def watch(self) -> None:
        """Wait until the service stops, and end what runs then; whoever asks again finishes it."""
        try:
            await asyncio.Event().wait()
        finally:
            for task in [*self._tasks]:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)


class _Running:
    """One job in this process."""

    def __init__(self, jobs: Jobs, kind: Kind, job: Job) -> None:
        self._jobs = jobs
        self._kind = kind
        self._job = job

    async def run(self, work: Work, sweep: Sweep) -> None:
        doing = asyncio.ensure_future(work(self._tell))
        beating = asyncio.create_task(self._beat())
        try:
            await asyncio.wait({doing, beating}, return_when=asyncio.FIRST_COMPLETED)
            if doing.done():
                await self._end(doing)
            else:
                await _ended(doing)
                await self._swept(sweep)
        finally:
            await _ended(doing)
            await _ended(beating)

    def _tell(self, step: str, done: int, total: int) -> None:
        self._job = self._job.at(step, done, total)

    async def _beat(self) -> None:
        """Say that the job goes on until it is nobody's any more; a database that is away does not end it."""
        theirs = True
        while theirs:
            await asyncio.sleep(BEAT_S)
            try:
                theirs = await self._jobs.note(self._kind, self._job._replace(beat=clock.now_ms()))
            except StoreUnavailableError as error:
                log.info("job_not_noted", kind=self._kind.value, detail=str(error))

    async def _end(self, doing: "asyncio.Future[Mapping[str, Any]]") -> None:
        """Keep what came of it; where the database is away now, the job will look as if its process had died."""
        ended = self._job._replace(beat=clock.now_ms())
        try:
            ended = ended._replace(state=State.DONE, result=doing.result())
        except KlarmeldError as error:
            ended = ended._replace(state=State.FAILED, detail=error.detail)
        except Exception:
            log.exception("job_failed", kind=self._kind.value)
            ended = ended._replace(state=State.FAILED, detail="Something went wrong on our side; it has been logged.")
        log.info("job_ended", kind=self._kind.value, state=ended.state.value)
        try:
            await self._jobs.note(self._kind, ended)
        except StoreUnavailableError as error:
            log.warning("job_not_noted", kind=self._kind.value, detail=str(error))

    async def _swept(self, sweep: Sweep) -> None:
        last = await self._jobs.last(self._kind)
        log.info("job_given_up", kind=self._kind.value)
        if last and last.attempt == self._job.attempt and last.state is State.ABORTED:
            await sweep(last)


async def _ended(task: "asyncio.Future[Any]") -> None:
    """Cancel a task and wait for its end; what it ended with is nobody's concern any more."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
