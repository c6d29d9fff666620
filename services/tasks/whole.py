"""All of one municipality in one answer, as a page shows it: its view, why each track says so, its facts, the card."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from contracts.events import TaskCardPublished
from services.chassis.queries.answer_shapes import Explanation, TimelineFact
from services.chassis.queries.answers import tagged
from services.chassis.queries.routes import USUAL_WAIT_S, After, Code, IfNoneMatch, Rollout, Wait, shown_with
from services.chassis.queries.timeline import page
from services.chassis.queries.view_shape import View
from services.chassis.queries.views import NOW
from services.chassis.service import Parts
from services.tasks.progress import newest_card

Newest = Annotated[int, Query(ge=1, le=500, description="So many facts, the newest.")]


class Whole(BaseModel):
    """One municipality: all of it rests on the same facts."""

    view: View
    explanations: list[Explanation] = Field(description="One for each track.")
    facts: list[TimelineFact] = Field(description="The newest, the rollout's own among them.")
    card: TaskCardPublished | None = Field(description="None where the rollout has no card.")


def whole_query(parts: Parts) -> APIRouter:
    """Return the route; who shows a page asks once, and its parts never contradict each other."""
    router = APIRouter(prefix="/v1/rollouts/{rollout}", tags=["progress"])
    views = parts.views

    @router.get("/municipalities/{code}/whole", summary="All of one municipality at once", response_model=Whole)
    async def whole(  # noqa: PLR0913, PLR0917  the query of a view
        rollout: Rollout,
        code: Code,
        after: After = None,
        wait: Wait = USUAL_WAIT_S,
        limit: Newest = 100,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        """Answer what the view, its explanations, its facts and the card answer one by one."""
        pair, view = await shown_with(views, rollout, code, after, wait)
        told = [each.facts.values() if each else () for each in (pair.own, pair.rollout)]
        card = newest_card(pair.settled(NOW)[1])
        body = {
            "view": view,
            "explanations": views.explanations(pair),
            "facts": page(*told, cursor=None, limit=limit)["items"],
            "card": dict(card.data) if card else None,
        }
        return tagged(body, if_none_match)

    return router
