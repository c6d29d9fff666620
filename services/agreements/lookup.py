"""Whose agreement an id names, as far as the caller may know of it."""

from typing import Annotated

from fastapi import Path, Query, Request

from contracts.access import ROUTES
from services.chassis.access import NO_SUCH_THING, caller_of, may_see
from services.chassis.errors import ConflictError, NotFoundError
from services.chassis.store import Place, Store

AgreementId = Annotated[str, Path(description="The id of an agreement.", examples=["AG-2026-0630"])]
WhichRollout = Annotated[str | None, Query(description="Needed where the id is known in several rollouts.")]
WhichMunicipality = Annotated[str | None, Query(description="Needed where the id is known at several municipalities.")]


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
        live = (await self._store.generation()).live
        places = await self._store.places_of_agreement(live, agreement)
        meant = [
            each for each in places if rollout in {None, each.rollout} and municipality in {None, each.municipality}
        ]
        visible = [each for each in meant if _may_see(request, each)]
        if not visible:
            raise NotFoundError(NO_SUCH_THING)
        if len(visible) > 1:
            raise ConflictError(
                "There are several agreements of this id; add ?municipality= or ?rollout= to say which."
            )
        return visible[0]


def _may_see(request: Request, place: Place) -> bool:
    rule = ROUTES[request.method, request.scope["route"].path]
    return may_see(caller_of(request), rule.roles, place.municipality)
