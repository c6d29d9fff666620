"""The routes that show what became of each notice, to its municipality and to operations, and take a verdict."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from contracts.instants import from_milliseconds, shown
from contracts.roles import SupplierRole
from services.chassis import clock
from services.chassis.errors import InvalidRequestError, NotFoundError
from services.chassis.logs import logger
from services.chassis.outward.ledger import Choice, Ledger
from services.chassis.outward.ledger_entry import Entry, Fate
from services.chassis.queries.answers import linked, tagged
from services.chassis.queries.routes import Code, Rollout
from services.chassis.service import Parts
from services.chassis.web.access import NO_SUCH_THING, caller_of
from services.chassis.web.paging import read_cursor, write_cursor
from services.chassis.web.request_bodies import BoundedRoute
from services.notifications.ledger_shapes import LedgerPage, Resolution, Resolve, ToldPage
from services.notifications.resolving import resolve

log = logger(__name__)
Limit = Annotated[int, Query(ge=1, le=500)]
#: Longest name that a filter takes; none in the ledger is longer.
Filter = Annotated[str | None, Query(max_length=64)]


def ledger_routes(parts: Parts) -> APIRouter:
    """Return `GET …/notifications`, `GET /v1/admin/ledger` and `POST /v1/admin/ledger/resolve`."""
    router = APIRouter(prefix="/v1", route_class=BoundedRoute)
    ledger = Ledger(parts.database)

    @router.get(
        "/rollouts/{rollout}/municipalities/{code}/notifications",
        summary="What became of each notice of one municipality, the latest change first",
        response_model=ToldPage,
        tags=["notifications"],
    )
    async def notifications(
        request: Request, rollout: Rollout, code: Code, cursor: str | None = None, limit: Limit = 100
    ) -> Response:
        if not await parts.store.of_live(lambda live: parts.store.knows_rollout(live, rollout)):
            raise NotFoundError(NO_SUCH_THING)
        choice = Choice(rollout=rollout, municipality=code)
        entries, following = await _page(ledger, choice, cursor, limit)
        items = [told(each) for each in entries if each.about.role not in set(SupplierRole)]
        return linked(tagged({"items": items, "next": following}, None), request, following)

    @router.get("/admin/ledger", summary="What became of each notice", response_model=LedgerPage, tags=["operations"])
    async def listed(  # noqa: PLR0913, PLR0917  the query of the contract
        request: Request,
        state: Fate | None = None,
        rollout: Filter = None,
        municipality: Filter = None,
        template: Filter = None,
        key: Filter = None,
        cursor: str | None = None,
        limit: Limit = 100,
    ) -> Response:
        choice = Choice(state, rollout, municipality, template, key)
        entries, following = await _page(ledger, choice, cursor, limit)
        gate = await ledger.gate()
        body = {"items": [_kept(each) for each in entries], "next": following, "counts": await ledger.counts()}
        shut = {"gate": {"reason": gate.reason, "restored": gate.restored}}
        return linked(tagged(body | shut, None), request, following)

    @router.post(
        "/admin/ledger/resolve", summary="Say what is known of notices", response_model=Resolution, tags=["operations"]
    )
    async def resolved(request: Request, body: Resolve) -> dict[str, Any]:
        """Answer the plan; with `execute` do it. Only what is unknown is resolved; what failed may be sent again."""
        done = await resolve(ledger, body, clock.now_ms())
        if body.execute:
            log.info("resolved", client=caller_of(request).client, verdict=str(body.verdict), notices=len(body.keys))
        return done

    return router


def told(entry: Entry) -> dict[str, Any]:
    """Return an entry as its municipality sees it."""
    return {
        "notification_key": entry.key,
        "template": entry.about.template,
        "role": entry.about.role,
        "subject": entry.about.subject or None,
        "revision": entry.about.revision or None,
        "state": entry.state,
        "reason": entry.reason,
        "since": shown(from_milliseconds(entry.since)),
        "first": shown(from_milliseconds(entry.first)),
    }


def _kept(entry: Entry) -> dict[str, Any]:
    place = {"rollout": entry.about.rollout, "municipality": entry.about.municipality}
    kept = {"attempts": entry.attempts, "told": entry.told, "mark": entry.mark, "by": entry.by}
    return {**told(entry), **place, **kept}


async def _page(ledger: Ledger, choice: Choice, cursor: str | None, limit: int) -> tuple[list[Entry], str | None]:
    found = await ledger.page(choice, before=_place(cursor), limit=limit + 1)
    shown_now = found[:limit]
    last = shown_now[-1] if len(found) > limit else None
    return shown_now, write_cursor([last.since, last.key]) if last else None


def _place(cursor: str | None) -> tuple[int, str] | None:
    match read_cursor(cursor) if cursor is not None else None:
        case None:
            return None
        case [int() as since, str() as key]:
            return since, key
    raise InvalidRequestError("`cursor` is not one that this route gave; start again without it.")
