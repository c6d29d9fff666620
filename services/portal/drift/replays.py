"""The pages that start a verify or a rebuild, swap, roll back or abort: confirmed by a word, each with its receipt."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from services.chassis.errors import ConflictError
from services.portal.backend import Backend, ServiceName
from services.portal.catalogue import text
from services.portal.drift.parked import mistakes
from services.portal.drift.rebuilding import number
from services.portal.forms import Form
from services.portal.heard import Json
from services.portal.rendering import Pages, language_of
from services.portal.visitors import visitor_of

#: Finds what a confirmation says: the places of its texts, and `generation`, which the form carries.
Find = Callable[[Backend, ServiceName, str], Awaitable[Json]]


class Deed(NamedTuple):
    """One thing to be confirmed: the texts' key, the service's route, what the page says, where one goes afterwards.

    `field` names the generation that the form has seen; `planned`: the route shows a plan unless it is told to execute.
    """

    key: str
    path: str
    find: Find
    field: str | None
    to_journal: bool
    planned: bool


async def _plan(backend: Backend, service: ServiceName, token: str) -> Json:
    plan = await backend.tell(service, "POST", "/admin/rebuild", token, {})
    return {"service": service.value, "records": plan["records"], "seconds": plan["seconds"]}


async def _built(backend: Backend, service: ServiceName, token: str) -> Json:
    told = await backend.get(service, "/admin/rebuild", token)
    if not told["unfinished"] or told["unfinished"]["phase"] != "built" or not told["job"]["result"]:
        raise ConflictError("No generation waits for its swap.")
    result = told["job"]["result"]
    generation, live = result["collection"], result["live"]
    changes = result["changes"]
    return {"generation": generation, "new": number(generation), "old": number(live), "n": changes, "count": changes}


async def _older(backend: Backend, service: ServiceName, token: str) -> Json:
    plan = await backend.tell(service, "POST", "/admin/generations/rollback", token, {})
    generation = plan["after"]["live"]
    return {"generation": generation, "old": number(generation)}


async def _under_way(backend: Backend, service: ServiceName, token: str) -> Json:
    told = await backend.get(service, "/admin/rebuild", token)
    if told["unfinished"]:
        return {"new": number(told["unfinished"]["collection"])}
    if told["job"] and told["job"]["state"] == "running":
        return {"new": None}  # it has no generation yet
    raise ConflictError("No rebuild is under way.")


#: By the name in the address.
DEEDS: Mapping[str, Deed] = {
    "genopbyg": Deed("confirm.rebuild", "/admin/rebuild", _plan, None, to_journal=False, planned=True),
    "skift": Deed("confirm.swap", "/admin/rebuild/swap", _built, "generation", to_journal=True, planned=False),
    "gaa-tilbage": Deed("confirm.rollback", "/admin/generations/rollback", _older, "to", to_journal=True, planned=True),
    "afbryd": Deed("confirm.abort", "/admin/rebuild/abort", _under_way, None, to_journal=True, planned=False),
}


def replay_pages(backend: Backend, pages: Pages) -> APIRouter:
    """Return the pages; what is asked for is about the generation that the form has seen, or it is refused."""
    router = APIRouter(prefix="/drift/{service}", include_in_schema=False)

    async def ask(request: Request, service: ServiceName, name: str, form: Form, wrong: list[str]) -> Response:
        found = await DEEDS[name].find(backend, service, visitor_of(request).token)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
        values = {"name": name, "deed": DEEDS[name], "found": found, "typed": form.fields, "wrong": wrong}
        word = _word(request, name)
        return pages.page(request, "drift/deed.html", status=status, service=service, word=word, **values)

    async def do(request: Request, service: ServiceName, name: str) -> Response:
        form: Form = request.state.form
        wrong = mistakes(form, _word(request, name))
        if wrong:
            return await ask(request, service, name, form, wrong)
        visitor, deed = visitor_of(request), DEEDS[name]
        body: dict[str, Any] = {"who": visitor.role, "why": form.get("reason")}
        body |= {deed.field: form.get("generation")} if deed.field else {}
        body |= {"execute": True} if deed.planned else {}
        await backend.tell(service, "POST", deed.path, visitor.token, body)
        where = f"/drift/{service.value}/journal" if deed.to_journal else f"/drift#genopbygning-{service.value}"
        return RedirectResponse(where, HTTPStatus.SEE_OTHER)

    @router.post("/kontroller")
    async def verify(request: Request, service: ServiceName) -> Response:
        visitor = visitor_of(request)
        body = {"who": visitor.role, "why": text(language_of(request), "ops.verify")}
        await backend.tell(service, "POST", "/admin/verify", visitor.token, body)
        return RedirectResponse(f"/drift#genopbygning-{service.value}", HTTPStatus.SEE_OTHER)

    for name in DEEDS:
        _add(router, name, ask, do)
    return router


def _add(router: APIRouter, name: str, ask: Any, do: Any) -> None:
    async def asked(request: Request, service: ServiceName) -> Response:
        answer: Response = await ask(request, service, name, Form(), [])
        return answer

    async def done(request: Request, service: ServiceName) -> Response:
        answer: Response = await do(request, service, name)
        return answer

    router.add_api_route(f"/{name}", asked, methods=["GET"])
    router.add_api_route(f"/{name}", done, methods=["POST"])


def _word(request: Request, name: str) -> str:
    """Return what is typed to confirm, in the language of the page."""
    return text(language_of(request), f"ops.word.{name}")
