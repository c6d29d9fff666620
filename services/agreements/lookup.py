"""Whose agreement an id names, as far as the caller may know of it."""

import asyncio
from typing import Annotated

from fastapi import Path, Query, Request

from contracts.access import ROUTES
from services.chassis.errors import ConflictError, NotFoundError
from services.chassis.projection.store import Place, Store
from services.chassis.web.access import NO_SUCH_THING, caller_of, may_see

AgreementId = Annotated[str, Path(description="The id of an agreement.", examples=["AG-2026-0630"])]
WhichRollout = Annotated[str | None, Query(description="Needed where the id is known in several rollouts.")]
WhichMunicipality = Annotated[str | None, Query(description="Needed where the id is known at several municipalities.")]
#: Pauses before it is said that there is no such agreement, in seconds.
SECOND_LOOKS_S = (0.05, 0.15)


class Located:
    """The dependency that finds whose agreement a path names, before a body is looked at."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(
        self,
        request: Request,
        agreement: AgreementId,
        rollout: WhichRollout = None,
        municipality: WhichMunicipality = None,
    ) -> Place:
        """Return where the agreement stands; a foreign one and an unknown one are the same NotFoundError."""
        visible = await self._visible(request, agreement, rollout, municipality)
        if not visible:
            raise NotFoundError(NO_SUCH_THING)
        if len(visible) > 1:
            raise ConflictError("There are several agreements of this id; say which by ?municipality= or ?rollout=.")
        return visible[0]

    async def _visible(
        self, request: Request, agreement: str, rollout: str | None, municipality: str | None
    ) -> list[Place]:
        """Return the places that are meant and that the caller may know of, after a second look where there is none.

        The stored view, by which agreements are found, is written a moment after the facts that a reader sees.
        """
        for pause_s in (*SECOND_LOOKS_S, 0):
            visible = [
                each
                for each in await self._store.of_live(lambda live: self._store.places_of_agreement(live, agreement))
                if rollout in {None, each.rollout}
                and municipality in {None, each.municipality}
                and _may_see(request, each)
            ]
            if visible:
                return visible
            await asyncio.sleep(pause_s)
        return []


def _may_see(request: Request, place: Place) -> bool:
    rule = ROUTES[request.method, request.scope["route"].path]
    return may_see(caller_of(request), rule.roles, place.municipality)
