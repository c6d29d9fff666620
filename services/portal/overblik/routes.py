"""`/overblik`: goal and result side by side, what was done for all at once, and every municipality in a table."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from contracts.municipalities import MUNICIPALITIES
from contracts.tracks.stage import Stage
from services.chassis import clock
from services.portal.backend import Backend, ServiceName
from services.portal.drift.parked import visitor_of
from services.portal.rendering import Pages

#: So many rows until all are asked for.
FIRST = 12
TURNS = ("municipality", "eg", "nobody")
DAYS = ("7", "14", "30")
REGIONS = tuple(sorted({each.region for each in MUNICIPALITIES.values()}))
Chosen = Annotated[str, Query(max_length=100)]


def overview_pages(backend: Backend, pages: Pages, rollout: str) -> APIRouter:
    """Return the page and the same rows as CSV; the filters are a GET form, so that each choice is an address."""
    router = APIRouter(include_in_schema=False)

    @router.get("/overblik")
    async def overview(  # noqa: PLR0913, PLR0917  the filters of the page
        request: Request,
        stage: Chosen = "",
        region: Chosen = "",
        turn: Chosen = "",
        older_than: Chosen = "",
        q: Chosen = "",
        all: Chosen = "",  # noqa: A002  the address says so
    ) -> Response:
        chosen = _filters(stage=stage, region=region, turn=turn, older_than=older_than, q=q)
        token, tasks = visitor_of(request).token, ServiceName.TASKS
        total, found = await asyncio.gather(
            backend.get(tasks, f"/rollouts/{rollout}", token),
            backend.get(tasks, f"/rollouts/{rollout}/municipalities", token, sort="since", **chosen),
        )
        taking_part = [row for row in found["items"] if row["stage"] != "not_applicable"]
        rows = taking_part if all else taking_part[:FIRST]
        values = {"figures": total["rollup"], "rows": rows, "found": len(taking_part), "chosen": chosen}
        choices: dict[str, Any] = {"stages": tuple(Stage), "regions": REGIONS, "turns": TURNS, "ages": DAYS}
        return pages.page(request, "overblik/overblik.html", query=urlencode(chosen), **values, **choices)

    @router.get("/overblik.csv")
    async def as_csv(request: Request) -> Response:
        chosen = _filters(**{name: request.query_params.get(name, "") for name in _NAMES})
        path, token = f"/rollouts/{rollout}/municipalities", visitor_of(request).token
        answer = await backend.file(ServiceName.TASKS, path, token, **chosen, format="csv")
        name = f"klarmeld-{rollout}-{clock.now():%Y-%m-%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(answer.content, media_type="text/csv; charset=utf-8", headers=headers)

    return router


_NAMES = ("stage", "region", "turn", "older_than", "q")


def _filters(**given: str) -> Mapping[str, Any]:
    """Return the filters that say something; what is none of the choices is left out."""
    known = {"stage": set(map(str, Stage)), "region": set(REGIONS), "turn": set(TURNS), "older_than": set(DAYS)}
    return {name: value for name, value in given.items() if value and value in known.get(name, {value})}
