"""An earlier moment beside now: what held, as it was known, for one municipality or all of them."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from contracts.municipalities import MUNICIPALITIES
from contracts.tracks.stage import Stage
from services.chassis.errors import NotFoundError
from services.portal.backend import Backend, ServiceName
from services.portal.dates import COPENHAGEN
from services.portal.drift.parked import visitor_of
from services.portal.rendering import Pages

#: How a time is typed, by the clock of Copenhagen; the time of day may be left out.
FORMATS = ("%d.%m.%Y %H.%M", "%d.%m.%Y %H:%M", "%d.%m.%Y")
AT_ONCE = 8
Typed = Annotated[str, Query(max_length=40)]


class Compared(NamedTuple):
    """How many municipalities are at each stage, then and now; of one municipality each counts once."""

    then: Counter[str]
    now: Counter[str]
    stages: Sequence[Stage] = tuple(Stage)


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
            codes = [kommune] if kommune else sorted(MUNICIPALITIES)
            token, asked = visitor_of(request).token, (times.get("gjaldt"), times.get("kendt"))
            found = await compared(backend, rollout, codes, token, *asked)
        values = {"typed": typed, "times": times, "wrong": wrong, "found": found, "codes": sorted(MUNICIPALITIES)}
        return pages.page(request, "drift/earlier.html", status=422 if wrong else 200, **values)

    return router


def read_time(typed: str) -> str | None:
    """Return what is typed as an instant, or None where it is no time."""
    for each in FORMATS:
        try:
            return datetime.strptime(typed.strip(), each).replace(tzinfo=COPENHAGEN).isoformat()
        except ValueError:
            continue
    return None


async def compared(  # noqa: PLR0913, PLR0917  both moments and whom they are asked about
    backend: Backend, rollout: str, codes: Sequence[str], token: str, as_of: str | None, known_at: str | None
) -> Compared:
    """Return the stages of `codes` at a moment and now; ServiceAwayError where the service does not answer."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def stage(code: str, **moment: str | None) -> str:
        async with gate:
            path = f"/rollouts/{rollout}/municipalities/{code}"
            view = await backend.get(ServiceName.TASKS, path, token, **moment)
        return str(view["progress"]["stage"])

    then = await asyncio.gather(*(stage(code, as_of=as_of, known_at=known_at) for code in codes))
    now = await asyncio.gather(*(stage(code) for code in codes))
    return Compared(Counter(then), Counter(now))
