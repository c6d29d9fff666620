"""Long work that was asked of a service: one of each kind at a time, how far it has come, and what came of it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from services.chassis import clock
from services.chassis.errors import ConflictError
from services.chassis.projection.store import DURABLE, SETTLED, translated

#: A process that works says so every second; one that has been silent for so long is taken to be dead.
SILENT_MS = 15_000


class Kind(StrEnum):
    """What can be asked for."""

    VERIFY = "verify"
    REBUILD = "rebuild"


class State(StrEnum):
    """`interrupted`: a command said so when it was told to stop, or nobody has heard of the job for a while."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    ABORTED = "aborted"
    INTERRUPTED = "interrupted"


class Job(NamedTuple):
    """One job; times are milliseconds, `since` is when its present step began, and `beat` when it was last heard of."""

    attempt: str
    state: State
    who: str
    why: str
    began: int
    beat: int
    since: int
    step: str = ""
    done: int = 0
    total: int = 0
    collection: str | None = None
    detail: str | None = None
    result: Mapping[str, Any] | None = None

    def at(self, step: str, done: int, total: int) -> "Job":
        """Return it as far as it is now."""
        now = clock.now_ms()
        since = self.since if step == self.step else now
        return self._replace(step=step, done=done, total=total, beat=now, since=since)

    @property
    def pace(self) -> float:
        """How much of the present step was done in a second, as far as it has come."""
        return self.done * 1000 / (self.beat - self.since) if self.beat > self.since else 0.0

    @property
    def left_s(self) -> int | None:
        """How long the rest of the present step takes at that pace; None while there is none."""
        return round((self.total - self.done) / self.pace) if self.pace else None


class Jobs:
    """The last job of each kind of one service, whichever of its processes works on it."""

    def __init__(self, database: Any) -> None:
        self._kept = database.get_collection("jobs", write_concern=DURABLE, read_concern=SETTLED)

    async def last(self, kind: Kind) -> Job | None:
        async with translated():
            found = await self._kept.find_one({"_id": kind.value})
        return _read(found) if found else None

    async def begin(self, kind: Kind, who: str, why: str) -> Job:
        """Take the place of the last one; ConflictError where that still runs."""
        job = _begun(who, why)
        free = [{"state": {"$ne": State.RUNNING.value}}, {"beat": {"$lt": job.began - SILENT_MS}}]
        async with translated():
            try:
                await self._kept.replace_one({"_id": kind.value, "$or": free}, _stored(job), upsert=True)
            except DuplicateKeyError:
                raise ConflictError(f"A {kind} runs already; wait until it ends, or abort it.") from None
        return job

    async def take(self, kind: Kind, who: str, why: str) -> Job:
        """Take the place of the last one, also of one that still runs: that ends once it notes how far it is."""
        job = _begun(who, why)
        async with translated():
            await self._kept.replace_one({"_id": kind.value}, _stored(job), upsert=True)
        return job

    async def note(self, kind: Kind, job: Job) -> bool:
        """Keep how far a running job has come, or how it ended; False where it is not this one that runs any more."""
        running = {"_id": kind.value, "attempt": job.attempt, "state": State.RUNNING.value}
        async with translated():
            done = await self._kept.update_one(running, {"$set": _stored(job)})
        return bool(done.matched_count)

    async def abort(self, kind: Kind, collection: str | None) -> Job | None:
        """End the running job and return it, or None where none runs; who works on it hears of it within seconds."""
        ended = {"state": State.ABORTED.value, "collection": collection, "beat": clock.now_ms()}
        running = {"_id": kind.value, "state": State.RUNNING.value}
        async with translated():
            found = await self._kept.find_one_and_update(running, {"$set": ended}, return_document=ReturnDocument.AFTER)
        return _read(found) if found else None


def _begun(who: str, why: str) -> Job:
    now = clock.now_ms()
    return Job(clock.new_id(), State.RUNNING, who, why, began=now, beat=now, since=now)


def _stored(job: Job) -> dict[str, Any]:
    return {**job._asdict(), "state": job.state.value}


def _read(found: Mapping[str, Any]) -> Job:
    job = Job(**{name: found[name] for name in Job._fields})
    state = State(job.state)
    silent = state is State.RUNNING and clock.now_ms() - job.beat > SILENT_MS
    return job._replace(state=State.INTERRUPTED if silent else state)
