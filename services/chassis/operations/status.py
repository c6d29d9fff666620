"""The route that tells operations how a service stands, also while MongoDB or Kafka is away."""

from typing import Any

from fastapi import APIRouter, Response

from contracts.instants import from_milliseconds, shown
from contracts.progress import RULES
from services.chassis.errors import StoreUnavailableError
from services.chassis.operations.probes import readiness
from services.chassis.operations.standing import Found, Standing
from services.chassis.operations.status_shape import Status, progress_told, unfinished_told
from services.chassis.projection.generations import generation_as_json
from services.chassis.projection.rederive import Rederive
from services.chassis.queries.answers import tagged
from services.chassis.web.health import Health


def statuses(health: Health, rederive: Rederive, standing: Standing) -> APIRouter:
    """Return `GET /v1/admin/status`."""
    router = APIRouter(prefix="/v1/admin", tags=["operations"])

    @router.get("/status", summary="How the service stands", response_model=Status)
    async def status() -> Response:
        """Answer 200 whatever is away: what can't be known then is null."""
        told = readiness(health, rederive)
        try:
            found = _told(await standing.look())
        except StoreUnavailableError as error:
            told["troubles"] = told["troubles"] or [error.detail]
            told["away"] = sorted({*told["away"], "MongoDB"})
            found = None
        return tagged({**told, "rules": RULES, "database": found}, None)

    return router


def _told(found: Found) -> dict[str, Any]:
    verified, receipt = found.verified, found.receipt
    return {
        "generation": generation_as_json(found.generation),
        "rebuild": unfinished_told(found.rebuild),
        "jobs": {kind.value: progress_told(job) for kind, job in found.jobs.items()},
        "parked": {"total": sum(found.parked.values()), "reasons": dict(found.parked)},
        "verified": verified and {**verified._asdict(), "at": shown(from_milliseconds(verified.at))},
        "receipt": receipt
        and {name: getattr(receipt, name) for name in ("seq", "who", "why", "what")} | {"at": shown(receipt.at)},
    }
