"""The forms of Kommunens side: confirmations as pages of their own, and what becomes of what is posted."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from contracts.roles import Role
from services.chassis import clock
from services.chassis.errors import InvalidRequestError, NotFoundError
from services.chassis.web.access import NO_SUCH_THING
from services.portal.backend import Backend, ServiceName
from services.portal.forms import Form
from services.portal.heard import Json
from services.portal.kommune import states
from services.portal.kommune.acting import ACTIONS, Action
from services.portal.kommune.page import states_of
from services.portal.kommune.routes import visitor_of
from services.portal.kommune.shown import ROLES
from services.portal.kommune.versions import version_of
from services.portal.rendering import Pages
from services.portal.said import Roles, Said, Worded
from services.portal.wording import UNKNOWN

#: The confirmations: by the last part of their address, the key of their texts.
CONFIRMED = {"underskriv": "sign", "afvis": "decline", "fuldfoer": "complete", "genaabn": "reopen"}
#: Fields of a form that a visitor fills in; one that is empty or refused is marked.
TYPED = frozenset({"reason", "comment", "text", "partstat", "by_role"})
#: The forms that a visitor fills in; of the others each field comes with the form.
FILLED_IN = frozenset({*CONFIRMED, "orienter", "lokale-punkter"})
Route = Callable[..., Awaitable[Response]]


class Desk:
    """Shows confirmations and carries forms out, for one rollout."""

    def __init__(self, backend: Backend, pages: Pages, rollout: str) -> None:
        self._backend = backend
        self._pages = pages
        self._rollout = rollout

    async def confirmation(self, request: Request, code: str, name: str, role: str | None = None) -> Response:
        """Return the page that asks once more before something is said for the municipality."""
        progress = await self._progress(request, code)
        if not _possible(progress, name, role):
            raise NotFoundError(NO_SUCH_THING)
        return self._page(request, code, name, progress, role=role)

    async def carried_out(self, request: Request, code: str, name: str) -> Response:
        """Give the command of a form and lead back to where its result shows; a stale or wrong one gets a page."""
        form: Form = request.state.form
        action, progress = ACTIONS[name], await self._progress(request, code)
        if not form.get("version"):
            return self._fault(request, code, HTTPStatus.PRECONDITION_REQUIRED, action, progress)
        if form.get("version") != version_of(progress, action.part):
            return self._fault(request, code, HTTPStatus.PRECONDITION_FAILED, action, progress)
        missing = [field for field in action.needed if not form.get(field)]
        if missing:
            return self._wrong(request, code, name, progress, missing)
        return await self._told(request, code, name, progress)

    async def _told(self, request: Request, code: str, name: str, progress: Json) -> Response:
        form: Form = request.state.form
        try:
            command = ACTIONS[name].make(self._rollout, code, form)
            answer = await self._backend.tell(
                command.service,
                command.method,
                command.path,
                visitor_of(request, code).token,
                command.body,
                _once(form),
            )
        except (InvalidRequestError, ValueError) as error:
            pointers = [each.pointer for each in error.errors] if isinstance(error, InvalidRequestError) else []
            fields = [field for field in (each.strip("/").split("/")[0] for each in pointers) if field in TYPED]
            if fields:
                return self._wrong(request, code, name, progress, fields)
            # What came with the form is not what the service has: somebody else's change, or a bent form.
            return self._fault(request, code, HTTPStatus.PRECONDITION_FAILED, ACTIONS[name], progress)
        position = quote(answer["position"], safe="")
        return RedirectResponse(f"/kommune/{code}?efter={position}#{ACTIONS[name].anchor}", 303)

    def _wrong(self, request: Request, code: str, name: str, progress: Json, fields: list[str]) -> Response:
        """Show the form again with what was typed, and each wrong field marked."""
        if name not in FILLED_IN:
            raise InvalidRequestError("The form lacks a field that it comes with.")
        role = request.state.form.get("role") or None
        return self._page(request, code, name, progress, role=role, wrong=fields, status=422)

    def _page(  # noqa: PLR0913  the parts of a page
        self,
        request: Request,
        code: str,
        name: str,
        progress: Json,
        *,
        role: str | None = None,
        wrong: list[str] | None = None,
        status: int = 200,
    ) -> Response:
        track, key = progress["tracks"]["task"], _key(name)
        agreement = states.effective(progress["tracks"]["agreement"])
        document = agreement.get("document") or {}
        return self._pages.page(
            request,
            "kommune/confirm.html",
            status=status,
            code=code,
            name=name,
            key=key,
            asks=Said(f"{key}.title", {"role": Roles((role,) if role else ())}),
            explains=Said(
                f"{key}.text",
                {
                    "title": document.get("title") or Worded("track.agreement"),
                    "version": document.get("version", UNKNOWN),
                },
            ),
            agreement=agreement,
            role=role,
            roles=[each.value for each in ROLES],
            chosen=track["responsible_role"] or states.RESPONSIBLE,
            version=version_of(progress, ACTIONS[name].part),
            form_key=clock.new_id(),
            typed=_typed(request),
            wrong=wrong or [],
        )

    def _fault(self, request: Request, code: str, status: HTTPStatus, action: Action, progress: Json) -> Response:
        track = action.anchor.removeprefix("spor-")
        shown = states_of(progress)
        state = shown.get(track) or shown["information" if action.part in {"guidance", "webinar"} else "task"]
        return self._pages.page(
            request,
            "kommune/changed.html",
            status=status,
            code=code,
            key=f"error.{status.value}",
            known={},
            state=state,
            anchor=action.anchor,
            typed={name: text for name, text in _typed(request).items() if name in {"reason", "comment", "text"}},
        )

    async def _progress(self, request: Request, code: str) -> Json:
        token = visitor_of(request, code).token
        path = f"/rollouts/{self._rollout}/municipalities/{code}"
        progress: Json = (await self._backend.get(ServiceName.TASKS, path, token))["progress"]
        return progress


def action_routes(backend: Backend, pages: Pages, rollout: str) -> APIRouter:
    """Return the routes of all forms and confirmations."""
    router = APIRouter(include_in_schema=False)
    desk = Desk(backend, pages, rollout)

    @router.get("/kommune/{code}/orienter/{role}")
    async def orientation(request: Request, code: str, role: Role) -> Response:
        return await desk.confirmation(request, code, "orienter", role.value)

    for name in CONFIRMED:
        router.add_api_route(f"/kommune/{{code}}/{name}", _asks(desk, name), methods=["GET"])
    for name in ACTIONS:
        router.add_api_route(f"/kommune/{{code}}/{name}", _takes(desk, name), methods=["POST"])
    return router


def _asks(desk: Desk, name: str) -> Route:
    async def confirmation(request: Request, code: str) -> Response:
        return await desk.confirmation(request, code, name)

    return confirmation


def _takes(desk: Desk, name: str) -> Route:
    async def post(request: Request, code: str) -> Response:
        return await desk.carried_out(request, code, name)

    return post


def _possible(progress: Json, name: str, role: str | None) -> bool:
    """Whether the page offers the action now; a confirmation of what can't be confirmed is no page."""
    turn, tracks = progress["turn"], progress["tracks"]
    listed = {each["action"] for each in (turn["primary"], *turn["others"])}
    match name:
        case "underskriv" | "afvis":
            return "sign_agreement" in listed
        case "fuldfoer":
            return "may_complete_task" in listed
        case "genaabn":
            return bool(tracks["task"]["state"] == "completed")
    return progress["stage"] != "not_applicable" and role not in tracks["orientation"]["roles"]


def _key(name: str) -> str:
    """Return the key of what a form asks; one that asks nothing is a form."""
    return f"confirm.{CONFIRMED.get(name, 'orient')}" if name in {*CONFIRMED, "orienter"} else "form"


def _typed(request: Request) -> Mapping[str, Any]:
    form: Form | None = request.state.form
    return {name: text for name, text in form.fields.items() if name in TYPED} if form else {}


def _once(form: Form) -> str | None:
    """Return the key of a form and of what is in it: sent twice it is one command, changed and sent again another."""
    if not form.get("key"):
        return None
    content = "\0".join(f"{name}={value}" for name, value in sorted(form.fields.items()) if name != "version")
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()
