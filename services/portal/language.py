"""Keeps the language that a visitor chose by `?lang=` for the pages that follow."""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.portal.catalogue import Language
from services.portal.rendering import A_YEAR_S, LANGUAGE_COOKIE
from services.portal.sealed import host_alone


class RemembersLanguage:
    """Sets the cookie of the language on the answer to a request that names one."""

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self._app = app
        self._name = host_alone(LANGUAGE_COOKIE, secure=secure)
        self._secure = "; Secure" if secure else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Request(scope).query_params.get("lang") if scope["type"] == "http" else None
        if asked not in set(Language):
            await self._app(scope, receive, send)
            return
        cookie = f"{self._name}={asked}; Path=/; Max-Age={A_YEAR_S}; HttpOnly; SameSite=Lax{self._secure}"

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        await self._app(scope, receive, with_cookie)
