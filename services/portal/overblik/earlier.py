"""`/overblik/tidligere`: two moments beside each other, and which municipalities differ between them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from contracts.municipalities import MUNICIPALITIES
from contracts.tracks.stage import Stage
from services.portal.backend import Backend
from services.portal.moments import read_time, stages_at
from services.portal.overblik.picture import ALL_STAGES, ICONS
from services.portal.rendering import Pages
from services.portal.visitors import visitor_of

Typed = Annotated[str, Query(max_length=40)]


class Moved(NamedTuple):
    """A municipality that was at one stage and then at another."""

    code: str
    before: str
    after: str


class Compared(NamedTuple):
    """How many were at each stage at two moments, and who moved; `empty`: nothing had happened by the first."""

    before: Counter[str]
    after: Counter[str]
    moved: Sequence[Moved]

    @property
    def empty(self) -> bool:
        return set(self.before) == {Stage.NOT_APPLICABLE}


def moments_pages(backend: Backend, pages: Pages, rollout: str) -> APIRouter:
    """Return the page: a form that is an address, and its answer; nothing is sent and nothing changes."""
    router = APIRouter(include_in_schema=False)

    @router.get("/overblik/tidligere")
    async def earlier(
        request: Request, fra: Typed = "", fra_kendt: Typed = "", til: Typed = "", til_kendt: Typed = ""
    ) -> Response:
        typed = {"fra": fra, "fra_kendt": fra_kendt, "til": til, "til_kendt": til_kendt}
        times = {name: read_time(said) for name, said in typed.items() if said}
        wrong = [name for name, time in times.items() if time is None]
        found = None
        if times and not wrong:
            token = visitor_of(request).token
            before, after = [await _stages(backend, rollout, token, times, name) for name in ("fra", "til")]
            found = compared(before, after)
        values = {"typed": typed, "times": times, "wrong": wrong, "found": found}
        choices = {"stages": ALL_STAGES, "icons": ICONS}
        return pages.page(request, "overblik/earlier.html", status=422 if wrong else 200, **values, **choices)

    return router


async def _stages(
    backend: Backend, rollout: str, token: str, times: Mapping[str, str | None], name: str
) -> Mapping[str, str]:
    """Return the stages of all at one of the moments: what held, as it was known."""
    moment = {"as_of": times.get(name), "known_at": times.get(f"{name}_kendt")}
    return await stages_at(backend, rollout, sorted(MUNICIPALITIES), token, **moment)


def compared(before: Mapping[str, str], after: Mapping[str, str]) -> Compared:
    """Return what two moments have in them; both name the same municipalities."""
    moved = [Moved(code, stage, after[code]) for code, stage in before.items() if stage != after[code]]
    return Compared(Counter(before.values()), Counter(after.values()), moved)
