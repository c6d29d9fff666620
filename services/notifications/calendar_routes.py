"""The route by which a municipality fetches the webinar for its calendar, also to take it out again."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.chassis.errors import NotFoundError
from services.chassis.queries.answers import tagged_bytes
from services.chassis.queries.routes import IfNoneMatch, Rollout
from services.chassis.service import Parts
from services.chassis.web.access import NO_SUCH_THING
from services.notifications.calendar import MEDIA_TYPE, calendar_of, method_of
from services.notifications.plans import plan_of

Webinar = Annotated[str, Path(description="The id of a webinar.", examples=["webinar-1"])]


def calendar_routes(parts: Parts) -> APIRouter:
    """Return `GET …/webinars/{webinar}.ics`."""
    router = APIRouter(prefix="/v1", tags=["webinar"])

    @router.get(
        "/rollouts/{rollout}/webinars/{webinar}.ics",
        summary="The webinar for a calendar",
        response_class=Response,
        responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}},
    )
    async def ics(rollout: Rollout, webinar: Webinar, if_none_match: IfNoneMatch = None) -> Response:
        """Answer METHOD:REQUEST while it is to be held, METHOD:CANCEL afterwards; nobody in particular is named."""
        whole = (await parts.views.whole(rollout)).rollout
        plan = plan_of(whole.facts.values() if whole else (), rollout=rollout, webinar_id=webinar)
        if plan is None:
            raise NotFoundError(NO_SUCH_THING)
        media_type = f"{MEDIA_TYPE}; method={method_of(plan)}; charset=utf-8"
        answer = tagged_bytes(calendar_of(plan), if_none_match, media_type=media_type)
        answer.headers["Content-Disposition"] = 'attachment; filename="webinar.ics"'
        return answer

    return router
