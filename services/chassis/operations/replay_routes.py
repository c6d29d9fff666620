"""Operations verify and rebuild a service over HTTP: in the background of one process, and followed from any."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import APIRouter, Request, Response

from contracts.instants import fixed
from services.chassis import clock
from services.chassis.errors import ConflictError
from services.chassis.logs import logger
from services.chassis.operations.background import Background
from services.chassis.operations.job_shapes import (
    Aborted,
    Dropping,
    Going,
    Named,
    Planned,
    Pointed,
    RebuildPlan,
    RebuildTold,
    Signed,
    VerifyTold,
    job_told,
    plan_told,
    pointed_told,
)
from services.chassis.operations.status_shape import unfinished_told
from services.chassis.projection.generations import drop, dropped, listed, rolled_back, without
from services.chassis.projection.jobs import Job, Jobs, Kind
from services.chassis.projection.journal import Signature
from services.chassis.projection.target import Target, reached
from services.chassis.projection.undertaking import Undertakings
from services.chassis.queries.answers import tagged
from services.chassis.queries.views import as_json
from services.chassis.replay.judging import Tell
from services.chassis.replay.rebuild import Built, build, planned
from services.chassis.replay.rollback import roll_back
from services.chassis.replay.share_work import Judgement
from services.chassis.replay.shares import Asked
from services.chassis.replay.swap import swap
from services.chassis.replay.verify import verify
from services.chassis.web.access import caller_of
from services.chassis.web.problem_shape import problem_answer
from services.chassis.web.request_bodies import BoundedRoute

log = logger(__name__)
#: What a job may take in memory with the service itself, in megabytes: a service has 512.
MEMORY_MB = 480
#: Differences that are kept to be shown; all of them are the command line's.
MOST_KEPT = 500
Answers = dict[int | str, dict[str, Any]]
_CONFLICT: Answers = {409: problem_answer("What is asked for does not fit what has happened; look at it again.")}
_NAMED: Answers = _CONFLICT | {404: problem_answer("There is no such generation.")}
_BEGUN: Answers = {409: problem_answer("One of its kind runs already.")}
_PLANNED: Answers = _BEGUN | {202: {"description": "It runs in the background.", "model": RebuildTold}}


class Desk(NamedTuple):
    """What these routes work with: the service as a command reaches it, and what it keeps of its jobs."""

    target: Target
    database: Any
    jobs: Jobs
    background: Background


def verify_routes(desk: Desk) -> APIRouter:
    """Return `GET` and `POST /v1/admin/verify`."""
    router = APIRouter(prefix="/v1/admin/verify", tags=["operations"], route_class=BoundedRoute)

    async def work(tell: Tell) -> Mapping[str, Any]:
        report = await verify(desk.target, _asked(), tell=tell)
        return {**report.as_json(most=MOST_KEPT), **_differing(report.judgement)}

    @router.get("", summary="The last verify and what it found", response_model=VerifyTold)
    async def last() -> Response:
        return tagged({"job": job_told(await desk.jobs.last(Kind.VERIFY))}, None)

    @router.post("", summary="Compare with the log", status_code=202, responses=_BEGUN, response_model=VerifyTold)
    async def begin(request: Request, body: Signed) -> Response:
        """Begin in the background; no document changes, and what differs is named in the result."""
        job = await desk.background.begin(Kind.VERIFY, body.who, body.why, work)
        _told(request, "verify")
        return _accepted({"job": job_told(job)})

    return router


def rebuild_routes(desk: Desk) -> APIRouter:
    """Return `GET` and `POST /v1/admin/rebuild`, `/swap` and `/abort`."""
    router = APIRouter(prefix="/v1/admin/rebuild", tags=["operations"], route_class=BoundedRoute)
    undertakings = Undertakings(desk.database)

    async def told() -> dict[str, Any]:
        job, unfinished = await desk.jobs.last(Kind.REBUILD), await undertakings.unfinished()
        return {"job": job_told(job), "unfinished": unfinished_told(unfinished)}

    @router.get("", summary="The rebuild and how far it is", response_model=RebuildTold)
    async def last() -> Response:
        return tagged(await told(), None)

    @router.post("", summary="Rebuild beside what is live", responses=_PLANNED, response_model=RebuildPlan)
    async def begin(request: Request, body: Planned) -> Response:
        """Show the plan, or begin in the background; what is live stays so until the swap is asked for."""
        if not body.execute:
            return tagged(plan_told(await planned(desk.target)), None)
        signature = _signed(body)

        async def work(tell: Tell) -> Mapping[str, Any]:
            return _built(await build(desk.target, _asked(), signature, tell=tell))

        await desk.background.begin(Kind.REBUILD, signature.who, signature.why, work, partial(_swept, desk))
        _told(request, "rebuild")
        return _accepted(await told())

    @router.post("/swap", summary="Make what was built live", responses=_CONFLICT, response_model=Pointed)
    async def live(request: Request, body: Named) -> Response:
        """Let readers see the new generation; the one before is kept up beside it."""
        async with reached(desk.target) as subject:
            change = await swap(subject, body.generation, _signed(body))
        _told(request, "swap")
        return tagged(pointed_told(change, executed=True), None)

    @router.post("/abort", summary="Give a rebuild up", responses=_CONFLICT, response_model=Aborted)
    async def abort(request: Request, body: Signed) -> Response:
        """End it, also one that waits for its swap; the new generation is dropped, and what is live stays so."""
        unfinished = await undertakings.unfinished()
        name = unfinished.collection if unfinished else None
        ended = await desk.jobs.abort(Kind.REBUILD, name)
        if ended is None and name is None:
            raise ConflictError("No rebuild is under way.")
        if name:
            async with reached(desk.target) as subject:
                await drop(subject, name, _signed(body))
        _told(request, "abort")
        return tagged({"generation": name}, None)

    return router


def generation_routes(desk: Desk) -> APIRouter:
    """Return `POST /v1/admin/generations/rollback` and `/drop`."""
    router = APIRouter(prefix="/v1/admin/generations", tags=["operations"], route_class=BoundedRoute)

    @router.post("/rollback", summary="Go back to an older generation", responses=_NAMED, response_model=Pointed)
    async def back(request: Request, body: Going) -> Response:
        """Show what would become of the generations, or do it."""
        async with reached(desk.target) as subject:
            change = await rolled_back(subject, body.to)
            if body.execute:
                await roll_back(subject, change, _signed(body), tell=_to_nobody)
                _told(request, "rollback")
        return tagged(pointed_told(change, executed=body.execute), None)

    @router.post("/drop", summary="Drop a generation that is not live", responses=_NAMED, response_model=Pointed)
    async def away(request: Request, body: Dropping) -> Response:
        """Show what would become of the generations, or do it; an unfinished rebuild of it is given up."""
        async with reached(desk.target) as subject:
            change = await without(subject, body.generation)
            if body.execute:
                await drop(subject, body.generation, _signed(body))
                _told(request, "drop")
        return tagged(pointed_told(change, executed=body.execute), None)

    return router


async def _swept(desk: Desk, job: Job) -> None:
    """Remove what the last writes of an aborted rebuild brought back of a generation that was dropped."""
    async with reached(desk.target) as subject:
        left = [each.name for each in await listed(subject) if each.role == "left over"]
        if job.collection in left:
            await dropped(subject, job.collection)


def _built(built: Built) -> dict[str, Any]:
    """Return what is kept of a generation that was built."""
    new = built.new
    counts = {name: getattr(new, name) for name in ("records", "refused", "documents", "facts")}
    differences = [each._asdict() for each in new.differences[:MOST_KEPT]]
    return {
        "collection": built.collection,
        "live": built.live,
        "agrees": not new.differences,
        **counts,
        **_differing(new),
        "differences": differences,
        "differed_before": _differing(built.old)["differing"],
        "digests": {"live": dict(built.twins.live), "new": dict(built.twins.new)},
        "changes": built.twins.changes,
    }


def _differing(judgement: Judgement) -> dict[str, int]:
    return {"differing": len({each.document for each in judgement.differences})}


def _asked() -> Asked:
    return Asked(clock.now_ms(), memory_mb=MEMORY_MB, aside=True)


def _signed(body: Signed | Planned) -> Signature:
    return Signature(str(body.who), str(body.why), fixed(clock.now()))


def _accepted(body: dict[str, Any]) -> Response:
    return Response(as_json(body), status_code=HTTPStatus.ACCEPTED, media_type="application/json")


def _told(request: Request, what: str) -> None:
    log.info("asked_for", what=what, client=caller_of(request).client)


def _to_nobody(_what: str, _done: int, _total: int) -> None:
    """Tell nobody: who waits for the answer sees how it ended."""
