"""The pages of one municipality that are read: its side, its whole history, the calendar file."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from contracts.municipalities import MUNICIPALITIES
from services.chassis.errors import NotFoundError
from services.chassis.web.access import NO_SUCH_THING
from services.portal.backend import Backend, ServiceName, in_path
from services.portal.kommune import states, timeline
from services.portal.kommune.page import side
from services.portal.kommune.shown import values_of
from services.portal.rendering import Pages, language_of
from services.portal.visitors import Visitor

#: A position on the log, as a command's answer gives it.
After = Annotated[str | None, Query(pattern=r"^(agreements|notifications|tasks)-\d{1,9}-\d{1,18}$")]
LINES_OF_A_PAGE = 100


def kommune_routes(backend: Backend, pages: Pages, rollout: str) -> APIRouter:
    """Return the routes; the guard has seen to it that the municipality is one that the visitor may look at."""
    router = APIRouter(include_in_schema=False)

    @router.get("/kommune/{code}")
    async def status(request: Request, code: str, efter: After = None) -> Response:
        visitor = visitor_of(request, code)
        found = await side(backend, rollout, code, visitor.token, efter)
        language = language_of(request)
        piece = pages.pieces.of(found.made_of and (language, found.made_of))
        return pages.page(request, "kommune/side.html", **values_of(found, visitor, language), piece=piece)

    @router.get("/kommune/{code}/historik")
    async def history(
        request: Request, code: str, cursor: Annotated[str | None, Query(max_length=500)] = None
    ) -> Response:
        token = visitor_of(request, code).token
        path = f"/rollouts/{rollout}/municipalities/{code}"
        view = await backend.get_or_away(ServiceName.TASKS, path, token)
        facts = await backend.get(
            ServiceName.TASKS, f"{path}/facts", token, whole=True, limit=LINES_OF_A_PAGE, cursor=cursor
        )
        lines = timeline.lines(facts["items"], view["progress"]["anomalies"] if view else ())
        return pages.page(request, "kommune/history.html", code=code, lines=lines, next=facts["next"])

    @router.get("/kommune/{code}/beskeder")
    async def notices(
        request: Request, code: str, cursor: Annotated[str | None, Query(max_length=500)] = None
    ) -> Response:
        token = visitor_of(request, code).token
        path = f"/rollouts/{rollout}/municipalities/{code}/notifications"
        found = await backend.get(ServiceName.NOTIFICATIONS, path, token, cursor=cursor)
        return pages.page(request, "kommune/notices.html", code=code, items=found["items"], next=found["next"])

    @router.get("/kommune/{code}/webinar.ics")
    async def calendar(request: Request, code: str) -> Response:
        token = visitor_of(request, code).token
        view = await backend.get(ServiceName.TASKS, f"/rollouts/{rollout}/municipalities/{code}", token)
        webinar = states.webinar_details(view["progress"]["tracks"]["information"])
        if not webinar:
            raise NotFoundError(NO_SUCH_THING)
        path = f"/rollouts/{rollout}/webinars/{in_path(webinar['webinar_id'])}.ics"
        file = await backend.file(ServiceName.NOTIFICATIONS, path, token)
        headers = {"Content-Disposition": 'attachment; filename="webinar.ics"', "Cache-Control": "no-store"}
        return Response(file.content, headers=headers, media_type=file.headers["content-type"])

    return router


def visitor_of(request: Request, code: str) -> Visitor:
    """Return who looks; NotFoundError for a code that is no municipality's, the same as for a foreign one."""
    if code not in MUNICIPALITIES:
        raise NotFoundError(NO_SUCH_THING)
    visitor: Visitor = request.state.visitor
    return visitor
