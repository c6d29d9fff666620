"""What the services show of the campaign: the board as it is now, and whether the end is the expected one."""

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Any

from deploy.campaign.outcome import Difference
from deploy.campaign.stories import STORIES
from deploy.campaign.teller import ROLLOUT
from deploy.campaign.verdict import verdict
from deploy.cli.asking import NotKnownError, Services
from deploy.cli.errors import UnreachableError
from deploy.cli.notices import counted, quiet
from deploy.cli.steps import Board, Settled, Tell
from deploy.fleet import FLEET, TASKS

LOOK_EVERY_S = 0.7
LONGEST_SETTLING_S = 60.0


async def board(services: Services, rollout: str) -> Board:
    """Return the board now, with the municipalities that take part; NotKnownError before the first fact."""
    total = await services.get(TASKS.name, f"/v1/rollouts/{rollout}")
    rows = (await services.get(TASKS.name, f"/v1/rollouts/{rollout}/municipalities"))["items"]
    taking_part = tuple(row for row in rows if row["stage"] != "not_applicable")
    return Board(total["rollup"], taking_part, await counted(services))


async def board_so_far(services: Services) -> Board:
    """Return the campaign's board now; an empty one before its first fact."""
    try:
        return await board(services, ROLLOUT)
    except NotKnownError:
        return Board({}, ())


async def keep_watching(services: Services, tell: Tell) -> None:
    """Tell of the board whenever it has changed, until cancelled; a service that is away for a while is waited for."""
    last: Board | None = None
    while True:
        with suppress(UnreachableError):
            now = await board_so_far(services)
            if now != last:
                tell(now)
            last = now
        await asyncio.sleep(LOOK_EVERY_S)


async def settled(services: Services, *, again: bool, within_s: float = LONGEST_SETTLING_S) -> Settled:
    """Compare every municipality on every service with the script until all is right, or `within_s` has passed.

    Notices follow from what the services show, so they are waited for when that is right.
    """
    began = monotonic()
    while True:
        found, rollup = await _differences(services)
        if not found or monotonic() - began > within_s:
            is_quiet = await quiet(services)
            return Settled(tuple(found), rollup, again, await counted(services), is_quiet)
        await asyncio.sleep(LOOK_EVERY_S / 2)


async def _differences(services: Services) -> tuple[list[Difference], dict[str, Any]]:
    names = tuple(each.name for each in FLEET)
    places = [(service, story.code) for service in names for story in STORIES]
    views = await asyncio.gather(*[_progress(services, *place) for place in places])
    shown = {place: view for place, view in zip(places, views, strict=True) if view is not None}
    rollup = (await board_so_far(services)).rollup
    return verdict(names, shown, rollup), rollup


async def _progress(services: Services, service: str, code: str) -> dict[str, Any] | None:
    try:
        view = await services.get(service, f"/v1/rollouts/{ROLLOUT}/municipalities/{code}")
    except NotKnownError:
        return None
    progress: dict[str, Any] = view["progress"]
    return progress
