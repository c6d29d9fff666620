"""What an orchestrator and Prometheus ask of a service."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from contracts.instants import from_milliseconds, shown
from services.chassis.metrics import Metrics
from services.chassis.projection.rederive import Rederive
from services.chassis.queries.answer_shapes import Probe, Readiness
from services.chassis.web.health import Health


def probes(health: Health, metrics: Metrics, rederive: Rederive) -> APIRouter:
    """Return `/livez`, `/readyz`, `/startupz` and `/metrics`."""
    router = APIRouter(tags=["probes"])

    @router.get("/livez", summary="The process answers", response_model=Probe)
    async def livez() -> dict[str, str]:
        return {"status": "ok"}

    @router.get(
        "/readyz",
        summary="Partitions assigned, Kafka and MongoDB answer, not draining, not far behind",
        response_model=Readiness,
        responses={503: {"model": Readiness, "description": "Not ready; `troubles` says why."}},
    )
    async def readyz() -> JSONResponse:
        body = readiness(health, rederive)
        return JSONResponse(body, 503 if body["troubles"] else 200)

    @router.get(
        "/startupz",
        summary="The service has been connected once",
        response_model=Probe,
        responses={503: {"model": Probe, "description": "Not yet."}},
    )
    async def startupz() -> JSONResponse:
        return JSONResponse({"status": "started" if health.started else "starting"}, 200 if health.started else 503)

    @router.get("/metrics", summary="Prometheus metrics", include_in_schema=False)
    async def exposition() -> Response:
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router


def readiness(health: Health, rederive: Rederive) -> dict[str, Any]:
    """Return what a service says of itself without asking anybody."""
    troubles = health.troubles()
    return {
        "status": "not ready" if troubles else "ready",
        "troubles": troubles,
        "away": health.away,
        "lag": {name: lag._asdict() for name, lag in sorted(health.lag.items())},
        "latest": shown(from_milliseconds(health.latest)) if health.latest else None,
        "rederive": rederive.state._asdict(),
    }
