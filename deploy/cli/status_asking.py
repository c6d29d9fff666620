"""The questions of `klarmeld status`: of each service as much as can be known, whatever is away."""

import asyncio
from typing import Any

from contracts.access import UserRole
from deploy.cli.asking import Services, asking
from deploy.cli.errors import CommandError, UnreachableError
from deploy.cli.place import Place
from deploy.fleet import FLEET

#: Of a service that can't be reached.
_NOTHING: dict[str, Any] = {
    "reached": False,
    "ready": False,
    "troubles": ["can't be reached"],
    "away": [],
    "behind": None,
    "seconds": None,
    "lag": {},
    "rederive": None,
    "rules": None,
    "database": None,
    "note": None,
}


async def standing(here: Place) -> list[dict[str, Any]]:
    """Return a row for each service."""
    async with asking(here, UserRole.OPERATIONS) as services:
        return list(await asyncio.gather(*[_one(here, services, each.name) for each in FLEET]))


async def _one(here: Place, services: Services, name: str) -> dict[str, Any]:
    row = {"service": name, "url": here.urls[name], **_NOTHING}
    try:
        found = await services.readiness(name)
    except UnreachableError:
        return row
    try:
        found = await services.get(name, "/v1/admin/status")
    except CommandError as error:  # without a token there is still what anybody may know
        row["note"] = str(error)
    told = {each: found[each] for each in row if each in found}
    lag = found["lag"].values()
    behind, seconds = sum(each["records"] for each in lag), max((each["seconds"] for each in lag), default=0.0)
    ready = found["status"] == "ready"
    return row | told | {"reached": True, "ready": ready, "behind": behind, "seconds": seconds}
