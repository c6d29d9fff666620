"""The pages of parked records: looked at, tried without doing it, tried again, discarded, with a receipt."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from services.portal.backend import Backend, ServiceName
from services.portal.catalogue import text
from services.portal.drift.group import Group, page_of, selection
from services.portal.drift.records import shown
from services.portal.forms import Form
from services.portal.rendering import Pages, language_of
from services.portal.visitors import visitor_of

#: What may be done with a group, by the name in the address: the text's key, and the service's word.
DEEDS = {"koer-igen": ("confirm.redrive", "redrive"), "kasser": ("confirm.discard", "discard")}
Asked = Annotated[Group, Depends()]
Cursor = Annotated[str | None, Query(max_length=500)]


def parked_pages(backend: Backend, pages: Pages) -> APIRouter:  # noqa: C901  routes, not branches
    """Return the pages; a deed is done by the fingerprint of the plan that was shown, so that twice is once."""
    router = APIRouter(prefix="/drift/{service}", include_in_schema=False)

    async def plan(service: ServiceName, group: Group, deed: str, token: str, **more: Any) -> Any:
        body = await selection(backend, service, group, token)
        return await backend.tell(service, "POST", f"/admin/parked/{deed}", token, body | more)

    @router.get("/parkeret")
    async def records(request: Request, service: ServiceName, group: Asked, cursor: Cursor = None) -> Response:
        found = await page_of(backend, service, group, visitor_of(request).token, cursor)
        values = {"records": [shown(each) for each in found["items"]], "next": found["next"]}
        return pages.page(request, "drift/records.html", service=service, group=group, **values)

    @router.get("/proevekoer")
    async def tried(request: Request, service: ServiceName, group: Asked) -> Response:
        found = await plan(service, group, "redrive", visitor_of(request).token)
        return pages.page(request, "drift/tried.html", service=service, group=group, plan=found)

    async def confirmed(request: Request, service: ServiceName, group: Group, name: str) -> Response:
        found = await plan(service, group, DEEDS[name][1], visitor_of(request).token)
        return asked(request, service, group, name, found, {}, [])

    def asked(  # noqa: PLR0913, PLR0917  what the page of a confirmation holds
        request: Request, service: ServiceName, group: Group, name: str, found: Any, typed: Any, wrong: list[str]
    ) -> Response:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
        values = {"name": name, "key": DEEDS[name][0], "plan": found, "typed": typed, "wrong": wrong}
        return pages.page(
            request, "drift/confirm.html", status=status, service=service, group=group, word=word(request), **values
        )

    async def done(request: Request, service: ServiceName, group: Group, name: str) -> Response:
        form: Form = request.state.form
        visitor, (key, deed) = visitor_of(request), DEEDS[name]
        wrong = mistakes(form, word(request) if name == "koer-igen" else None)
        if wrong:
            found = await plan(service, group, deed, visitor.token)
            return asked(request, service, group, name, found, form.fields, wrong)
        signed = {"fingerprint": form.get("fingerprint"), "who": visitor.role, "why": form.get("reason")}
        receipt = await plan(service, group, deed, visitor.token, **signed)
        return pages.page(
            request, "drift/receipt.html", service=service, key=key, receipt=receipt, why=signed["why"], name=name
        )

    @router.get("/koer-igen")
    async def ask_redrive(request: Request, service: ServiceName, group: Asked) -> Response:
        return await confirmed(request, service, group, "koer-igen")

    @router.post("/koer-igen")
    async def redrive(request: Request, service: ServiceName, group: Asked) -> Response:
        return await done(request, service, group, "koer-igen")

    @router.get("/kasser")
    async def ask_discard(request: Request, service: ServiceName, group: Asked) -> Response:
        return await confirmed(request, service, group, "kasser")

    @router.post("/kasser")
    async def discard(request: Request, service: ServiceName, group: Asked) -> Response:
        return await done(request, service, group, "kasser")

    return router


def word(request: Request) -> str:
    """Return what is typed to confirm, in the language of the page."""
    return text(language_of(request), "ops.word")


def mistakes(form: Form, expected: str | None) -> list[str]:
    """Return the fields that are not filled in: the word, where one is expected, and the reason."""
    missed = expected is not None and form.get("word").casefold() != expected.casefold()
    return [*(["word"] if missed else []), *([] if 0 < len(form.get("reason")) <= 2_000 else ["reason"])]
