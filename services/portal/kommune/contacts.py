"""Contacts of a municipality: one address for each role, seen and changed here and nowhere else."""

import asyncio
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.chassis.errors import InvalidRequestError, NotFoundError
from services.portal.backend import Backend, ServiceName
from services.portal.catalogue import Language
from services.portal.forms import Form
from services.portal.heard import Json
from services.portal.kommune.routes import visitor_of
from services.portal.kommune.shown import ROLES
from services.portal.rendering import Pages

PATH = "/kommune/{code}/kontakter"
#: What a role without a contact begins with.
EMPTY = {"address": "", "language": Language.DANISH.value, "digest": False, "paused": False}


def contact_pages(backend: Backend, pages: Pages) -> APIRouter:
    """Return the page of contacts and its form; addresses pass through and are kept by the notifications service."""
    router = APIRouter(include_in_schema=False)

    async def shown(request: Request, code: str, wrong: Form | None = None) -> Response:
        token = visitor_of(request, code).token
        kept = await asyncio.gather(*(_contact(backend, code, role.value, token) for role in ROLES))
        contacts = {role.value: contact for role, contact in zip(ROLES, kept, strict=True)}
        typed = {wrong.get("role"): _body(wrong)} if wrong else {}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
        return pages.page(
            request,
            "kommune/contacts.html",
            status=status,
            code=code,
            contacts=contacts,
            typed=typed,
            languages=list(Language),
            empty=EMPTY,
        )

    @router.get(PATH)
    async def contacts(request: Request, code: str) -> Response:
        return await shown(request, code)

    @router.post(PATH)
    async def change(request: Request, code: str) -> Response:
        form: Form = request.state.form
        token, role = visitor_of(request, code).token, form.get("role")
        if role not in set(ROLES):
            raise NotFoundError("There is no such role.")
        method, body = ("DELETE", None) if form.get("erase") else ("PUT", _body(form))
        try:
            await backend.tell(ServiceName.NOTIFICATIONS, method, _path(code, role), token, body)
        except InvalidRequestError:
            return await shown(request, code, form)
        return RedirectResponse(f"/kommune/{code}/kontakter#rolle-{role}", 303)

    return router


async def _contact(backend: Backend, code: str, role: str, token: str) -> Json | None:
    """Return who hears for a role, or None where nobody does."""
    try:
        return await backend.get(ServiceName.NOTIFICATIONS, _path(code, role), token)
    except NotFoundError:
        return None


def _path(code: str, role: str) -> str:
    return f"/municipalities/{code}/contacts/{role}"


def _body(form: Form) -> dict[str, Any]:
    return {
        "address": form.get("address"),
        "language": form.get("language"),
        "digest": form.get("digest") == "on",
        "paused": form.get("paused") == "on",
    }
