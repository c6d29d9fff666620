"""An earlier moment beside now: what held, as it was known, for one municipality or all of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from contracts.municipalities import MUNICIPALITIES
from contracts.tracks.stage import Stage
from services.chassis.errors import NotFoundError
from services.portal.backend import Backend
from services.portal.moments import read_time, stages_at
from services.portal.overblik.picture import ALL_STAGES
from services.portal.rendering import Pages
from services.portal.visitors import visitor_of

CODES = sorted(MUNICIPALITIES)
#: What stands in the form before anybody has typed.
UNTYPED: Mapping[str, Any] = {"codes": CODES, "typed": {"kommune": "", "gjaldt": "", "kendt": ""}, "wrong": ()}
Typed = Annotated[str, Query(max_length=40)]


class Compared(NamedTuple):
    """How many municipalities are at each stage, then and now; of one municipality each counts once."""

    then: Counter[str]
    now: Counter[str]
    stages: Sequence[Stage] = ALL_STAGES


def earlier_pages(backend: Backend, pages: Pages, rollout: str) -> APIRouter:
    """Return `/drift/tidligere`: a form that is a URL, and its answer; nothing is sent and nothing changes."""
    router = APIRouter(include_in_schema=False)

    @router.get("/drift/tidligere")
    async def earlier(request: Request, kommune: Typed = "", gjaldt: Typed = "", kendt: Typed = "") -> Response:
        if kommune and kommune not in MUNICIPALITIES:
            raise NotFoundError("There is no such municipality.")
        typed = {"kommune": kommune, "gjaldt": gjaldt, "kendt": kendt}
        times = {name: read_time(typed[name]) for name in ("gjaldt", "kendt") if typed[name]}
        wrong = [name for name, time in times.items() if time is None]
        found = None
        if times and not wrong:
            codes = [kommune] if kommune else CODES
            token = visitor_of(request).token
            then = {"as_of": times.get("gjaldt"), "known_at": times.get("kendt")}
            before = await stages_at(backend, rollout, codes, token, **then)
            now = await stages_at(backend, rollout, codes, token)
            found = Compared(Counter(before.values()), Counter(now.values()))
        values = {"typed": typed, "times": times, "wrong": wrong, "found": found, "codes": CODES}
        return pages.page(request, "drift/earlier.html", status=422 if wrong else 200, **values)

    return router
