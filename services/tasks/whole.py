"""All of one municipality in one answer, as a page shows it: its view, why each track says so, its facts, the card."""

from collections.abc import Hashable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from contracts.events import TaskCardPublished
from services.chassis.queries.answer_shapes import Explanation, TimelineFact
from services.chassis.queries.answers import tagged_bytes
from services.chassis.queries.made import Made
from services.chassis.queries.routes import USUAL_WAIT_S, After, Code, IfNoneMatch, Rollout, Wait, shown_with
from services.chassis.queries.timeline import page
from services.chassis.queries.view_shape import View
from services.chassis.queries.views import NOW, Pair, Views, as_json
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
    views, made = parts.views, Made()

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
        asked, rests_on = (rollout, code, limit), _rests_on(pair, view)
        content = made.get(asked, rests_on)
        if content is None:
            content = made.keep(asked, rests_on, as_json(body_of(views, pair, view, limit)))
        return tagged_bytes(content, if_none_match, media_type="application/json")

    return router


def body_of(views: Views, pair: Pair, view: dict[str, Any], limit: int) -> dict[str, Any]:
    """Return all of a municipality; `view` is the one of `pair`."""
    told = [each.facts.values() if each else () for each in (pair.own, pair.rollout)]
    card = newest_card(pair.settled(NOW)[1])
    return {
        "view": view,
        "explanations": views.explanations(pair),
        "facts": page(*told, cursor=None, limit=limit)["items"],
        "card": dict(card.data) if card else None,
    }


def _rests_on(pair: Pair, view: dict[str, Any]) -> Hashable:
    """Return by what an answer is known to be the same as before, or None where it is not to be known."""
    documents = [each for each in (pair.own, pair.rollout) if each]
    if any(each.mark is None for each in documents):
        return None
    places = tuple((each.id, each.mark, len(each.facts), *each.positions.items()) for each in documents)
    return *places, *view["ean_conflicts"]
