"""How the services are: state, lag, live generation, parked and latest event, as each of them says."""

import asyncio
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from services.portal.backend import Backend, ServiceName
from services.portal.drift.rebuilding import Rebuilding
from services.portal.heard import Json


class Condition(StrEnum):
    """What a service's own readiness comes to; each has a text `ops.health.*`."""

    OK = "ok"
    BEHIND = "behind"
    DOWN = "down"


class Running(NamedTuple):
    """One service; `behind` and `oldest_s` are None where it does not answer, lists too."""

    name: str
    condition: Condition
    troubles: Sequence[str]
    behind: int | None
    oldest_s: float | None
    latest: str | None
    generations: Sequence[Json] | None
    groups: Sequence[Json] | None
    rebuilding: Rebuilding | None
    verify: Json | None

    @property
    def whole(self) -> bool:
        """Whether everything that was asked of it was answered."""
        return None not in (self.behind, self.generations, self.groups, self.rebuilding, self.verify)

    @property
    def live(self) -> str | None:
        """The number of the generation that readers see."""
        names = [each["name"] for each in self.generations or () if each["role"] == "live"]
        return names[0].rpartition("_")[2] if names else None

    @property
    def parked(self) -> int | None:
        return None if self.groups is None else sum(each["count"] for each in self.groups)


async def look(backend: Backend, token: str) -> list[Running]:
    """Return every service; one that is away hides none of the others."""
    return list(await asyncio.gather(*(_look_at(backend, service, token) for service in ServiceName)))


async def _look_at(backend: Backend, service: ServiceName, token: str) -> Running:
    async def said(path: str, **query: int) -> Json | None:
        return await backend.get_or_away(service, f"/admin/{path}", token, **query)

    readiness, generations, groups, status, rebuild, verify = await asyncio.gather(
        backend.readiness(service),
        said("generations"),
        said("parked/groups", limit=500),
        said("status"),
        said("rebuild"),
        said("verify"),
    )
    database = status["database"] if status else None
    lags: Sequence[Mapping[str, float]] = [*readiness["lag"].values()] if readiness else []
    return Running(
        name=service.value,
        condition=condition_of(readiness),
        troubles=readiness["troubles"] if readiness else (),
        behind=int(sum(each["records"] for each in lags)) if readiness else None,
        oldest_s=max((each["seconds"] for each in lags), default=0.0) if readiness else None,
        latest=readiness["latest"] if readiness else None,
        generations=generations["items"] if generations else None,
        groups=groups["items"] if groups else None,
        rebuilding=Rebuilding(rebuild, database["generation"]) if rebuild and database else None,
        verify=verify,
    )


def condition_of(readiness: Json | None) -> Condition:
    """Return what a service's answer to `/readyz` comes to; None is no answer."""
    if readiness is None:
        return Condition.DOWN
    waiting = any(each["records"] for each in readiness["lag"].values())
    if readiness["status"] == "ready":
        return Condition.BEHIND if waiting else Condition.OK
    only_behind = all("records behind" in each for each in readiness["troubles"])
    return Condition.BEHIND if waiting and only_behind else Condition.DOWN
