"""`/overblik`: goal and result side by side, what was done for all at once, the map, and a row for each."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from services.chassis import clock
from services.chassis.queries.selection import as_csv
from services.portal.backend import Backend, ServiceName
from services.portal.dates import COPENHAGEN
from services.portal.overblik.choice import DAYS, REACHED, REGIONS, TURNS, Choice, choice
from services.portal.overblik.picture import ICONS, STAGES, cause, picture, version
from services.portal.overblik.telling import told
from services.portal.rendering import Pages
from services.portal.visitors import visitor_of

Chosen = Annotated[Choice, Depends(choice)]
#: What the page's template chooses from.
CHOICES: Mapping[str, Any] = {
    "stages": STAGES,
    "regions": REGIONS,
    "turns": TURNS,
    "ages": DAYS,
    "reached": REACHED,
    "icons": ICONS,
    "cause": cause,
}


def overview_pages(backend: Backend, pages: Pages, rollout: str) -> APIRouter:
    """Return the page and the same rows as CSV; the filters are a GET form, so that each choice is an address."""
    router = APIRouter(include_in_schema=False)

    @router.get("/overblik")
    async def overview(request: Request, chosen: Chosen) -> Response:
        found = await told(backend, rollout, visitor_of(request).token, chosen)
        values: dict[str, Any] = {
            "figures": found.figures,
            "picture": picture(found.rows, found.everyone, chosen),
            "chosen": chosen,
            "told": found,
            "live_version": version(found.figures),
        }
        return pages.page(request, "overblik/overblik.html", **values, **CHOICES)

    @router.get("/overblik/bevis")
    async def proof(request: Request) -> Response:
        total = await backend.get(ServiceName.TASKS, f"/rollouts/{rollout}", visitor_of(request).token)
        return pages.page(request, "overblik/proof.html", figures=total["rollup"])

    @router.get("/overblik.csv")
    async def spreadsheet(request: Request, chosen: Chosen) -> Response:
        found = await told(backend, rollout, visitor_of(request).token, chosen)
        rows = picture(found.rows, found.everyone, chosen._replace(everything=True)).rows
        name = f"klarmeld-{rollout}-{clock.now().astimezone(COPENHAGEN):%Y-%m-%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(as_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)

    return router
