"""The pages of the local inbox: a list, one mail as text and page, its files; all of it as JSON too."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

from aiosmtpd.smtp import SMTP
from fastapi import APIRouter, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader
from starlette.middleware.trustedhost import TrustedHostMiddleware

from deploy.local.inbox import Inbox, Mail, Taker
from deploy.local.ports import HOST

#: Mails on the page, the newest ones.
SHOWN = 200
_PAGE = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'"
#: What came by mail runs nothing, fetches nothing, and has an origin of its own.
_MAIL = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
Count = Annotated[int, Query(ge=1, le=5_000)]


def create(inbox: Inbox, *, smtp_port: int) -> FastAPI:
    """Return the application of the pages, which takes mails on `smtp_port` for as long as it runs."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        taker = await loop.create_server(lambda: SMTP(Taker(inbox), enable_SMTPUTF8=True, loop=loop), HOST, smtp_port)
        async with taker:
            yield

    app = FastAPI(title="klarmeld local inbox", openapi_url=None, lifespan=lifespan)
    # a page of the internet that has its name resolve to this machine is not let in
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
    app.middleware("http")(_guarded)
    app.include_router(_pages(inbox))
    app.include_router(_as_json(inbox))
    return app


async def _guarded(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await answer(request)
    response.headers.setdefault("Content-Security-Policy", _PAGE)
    response.headers.update(
        {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
    )
    return response


def _pages(inbox: Inbox) -> APIRouter:
    router = APIRouter()
    templates = Environment(loader=PackageLoader("deploy.local", "inbox_templates"), autoescape=True)
    templates.filters["moment"] = _moment

    @router.get("/")
    def newest() -> HTMLResponse:
        mails = [mail.summary for mail in inbox.newest(SHOWN)]
        return HTMLResponse(templates.get_template("list.html").render(mails=mails, shown=SHOWN))

    @router.get("/messages/{name}")
    def one(name: str) -> HTMLResponse:
        mail = _found(inbox, name)
        page = templates.get_template("mail.html").render(
            mail=mail.summary, text=mail.text("text/plain"), has_page=mail.text("text/html") is not None
        )
        return HTMLResponse(page)

    @router.get("/messages/{name}/page")
    def as_page(name: str) -> HTMLResponse:
        return HTMLResponse(_found(inbox, name).text("text/html") or "", headers={"Content-Security-Policy": _MAIL})

    @router.get("/messages/{name}/mail.eml")
    def as_mail(name: str) -> Response:
        return _file(inbox.raw(name), "message/rfc822", f"{name}.eml")

    @router.get("/messages/{name}/calendar.ics")
    def as_calendar(name: str) -> Response:
        text = _found(inbox, name).text("text/calendar")
        return _file(text.encode() if text else None, "text/calendar; charset=utf-8", f"{name}.ics")

    return router


def _as_json(inbox: Inbox) -> APIRouter:
    router = APIRouter(prefix="/api/messages")

    @router.get("")
    def newest(count: Count = SHOWN) -> dict[str, Any]:
        return {"items": [mail.summary for mail in inbox.newest(count)]}

    @router.get("/{name}")
    def one(name: str) -> dict[str, Any]:
        mail = _found(inbox, name)
        parts = {kind: mail.text(f"text/{kind}") for kind in ("plain", "html", "calendar")}
        return {**mail.summary, "parts": parts}

    return router


def _found(inbox: Inbox, name: str) -> Mail:
    mail = inbox.read(name)
    if mail is None:
        raise HTTPException(404, "There is no such mail.")
    return mail


def _file(content: bytes | None, media_type: str, name: str) -> Response:
    if content is None:
        raise HTTPException(404, "There is no such file.")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1_000, UTC).astimezone().strftime("%d-%m-%Y %H:%M:%S")
