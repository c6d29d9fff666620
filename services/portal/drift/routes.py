"""The first page of operations, the journal of a service, and notices whose outcome nobody knows."""

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response

from services.chassis.errors import NotFoundError
from services.portal.backend import Backend, ServiceName
from services.portal.drift import running
from services.portal.drift.earlier import UNTYPED
from services.portal.drift.parked import mistakes
from services.portal.forms import Form
from services.portal.heard import Json
from services.portal.rendering import Pages
from services.portal.visitors import visitor_of

#: What an operator may say of a notice whose outcome nobody knows.
VERDICTS = ("sent", "failed", "retry")
Key = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,64}$")]


def drift_routes(backend: Backend, pages: Pages) -> APIRouter:
    """Return `/drift` and what it opens to, but for parked records."""
    router = APIRouter(prefix="/drift", include_in_schema=False)

    @router.get("")
    async def everything(request: Request) -> Response:
        token = _token(request)
        services, ledger = await asyncio.gather(
            running.look(backend, token),
            backend.get_or_away(ServiceName.NOTIFICATIONS, "/admin/ledger", token, state="unknown"),
        )
        return pages.page(request, "drift/drift.html", services=services, ledger=ledger, **UNTYPED)

    @router.get("/{service}/journal")
    async def journal(request: Request, service: ServiceName) -> Response:
        found = await backend.get(service, "/admin/journal", _token(request))
        return pages.page(request, "drift/journal.html", service=service, journal=found)

    async def asked(request: Request, key: str, form: Form, wrong: list[str]) -> Response:
        notice = await _unknown(backend, key, _token(request))
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
        values = {"notice": notice, "typed": form.fields, "wrong": wrong, "verdicts": VERDICTS}
        return pages.page(request, "drift/notice.html", status=status, **values)

    @router.get("/beskeder/{key}")
    async def notice(request: Request, key: Key) -> Response:
        return await asked(request, key, Form(), [])

    @router.post("/beskeder/{key}")
    async def resolve(request: Request, key: Key) -> Response:
        form: Form = request.state.form
        wrong = [*([] if form.get("verdict") in VERDICTS else ["verdict"]), *mistakes(form, None)]
        if wrong:
            return await asked(request, key, form, wrong)
        said = {"verdict": form.get("verdict"), "who": visitor_of(request).role, "why": form.get("reason")}
        body = {"keys": [key], "execute": True, **said}
        await backend.tell(ServiceName.NOTIFICATIONS, "POST", "/admin/ledger/resolve", _token(request), body)
        return RedirectResponse("/drift#beskeder", 303)

    return router


async def _unknown(backend: Backend, key: str, token: str) -> Json:
    """Return a notice whose outcome is unknown; NotFoundError where it is known by now."""
    found = await backend.get(ServiceName.NOTIFICATIONS, "/admin/ledger", token, key=key, state="unknown")
    if not found["items"]:
        raise NotFoundError("No notice of that key has an unknown outcome.")
    notice: Json = found["items"][0]
    return notice


def _token(request: Request) -> str:
    return visitor_of(request).token
