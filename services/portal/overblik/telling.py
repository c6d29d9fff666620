"""Where all municipalities are, told by the first service that answers; who did not is named on the page."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from services.portal.backend import Backend, ServiceAwayError, ServiceName
from services.portal.heard import Json

#: Each of them knows the stages; who knows the most is asked first.
IN_TURN = (ServiceName.TASKS, ServiceName.NOTIFICATIONS, ServiceName.AGREEMENTS)


class Told(NamedTuple):
    """The figures over all and the chosen rows, as `service` tells them; `away` were asked before it."""

    figures: Json
    rows: Sequence[Json]
    service: ServiceName
    away: Sequence[ServiceName]


async def told(backend: Backend, rollout: str, token: str, asked: Mapping[str, Any]) -> Told:
    """Return what the first service that answers says; ServiceAwayError where none does."""
    away: list[ServiceName] = []
    for service in IN_TURN:
        try:
            total, found = await _both(backend, service, f"/rollouts/{rollout}", token, asked)
        except ServiceAwayError:
            away.append(service)
        else:
            return Told(total["rollup"], found["items"], service, away)
    raise ServiceAwayError("No service answers.", retry_after=5)


async def _both(
    backend: Backend, service: ServiceName, path: str, token: str, asked: Mapping[str, Any]
) -> tuple[Json, Json]:
    return await asyncio.gather(
        backend.get(service, path, token), backend.get(service, f"{path}/municipalities", token, **asked)
    )
