"""Where all municipalities are, told by the first service that answers; who did not is named on the page."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from services.portal.backend import Backend, ServiceAwayError, ServiceName
from services.portal.heard import Json
from services.portal.overblik.choice import Choice

#: Each of them knows the stages; who knows the most is asked first.
IN_TURN = (ServiceName.TASKS, ServiceName.NOTIFICATIONS, ServiceName.AGREEMENTS)


class Told(NamedTuple):
    """The figures over all, the chosen rows and every row, as `service` tells them; `away` were asked before it."""

    figures: Json
    rows: Sequence[Json]
    everyone: Sequence[Json]
    service: ServiceName
    away: Sequence[ServiceName]


async def told(backend: Backend, rollout: str, token: str, choice: Choice) -> Told:
    """Return what the first service that answers says; ServiceAwayError where none does."""
    away: list[ServiceName] = []
    for service in IN_TURN:
        try:
            total, chosen, everyone = await _all(backend, service, f"/rollouts/{rollout}", token, choice)
        except ServiceAwayError:
            away.append(service)
        else:
            rows = [row for row in chosen["items"] if choice.holds(row)]
            return Told(total["rollup"], rows, everyone["items"], service, away)
    raise ServiceAwayError("No service answers.", retry_after=5)


async def _all(backend: Backend, service: ServiceName, path: str, token: str, choice: Choice) -> Sequence[Json]:
    """Return the figures, the chosen rows and every row, which are the same ones where nothing is left out."""
    rows = f"{path}/municipalities"
    asked = [backend.get(service, path, token), backend.get(service, rows, token, **choice.asked)]
    everyone = [backend.get(service, rows, token)] if choice.filters else []
    found = await asyncio.gather(*asked, *everyone)
    return found if everyone else [*found, found[-1]]
