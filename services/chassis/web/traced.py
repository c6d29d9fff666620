"""A span for each request, named by its route's template: it goes on with the caller's context, if that has one."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis import tracing
from services.chassis.web.requests import METHODS, template

#: What probes and Prometheus ask every few seconds.
UNTRACED = frozenset({"/livez", "/readyz", "/startupz", "/metrics"})


class Traced:
    """ASGI middleware; a stream's span ends with its beginning, and what is told later are spans below it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNTRACED or not tracing.on():
            await self._app(scope, receive, send)
            return
        method = scope["method"] if scope["method"] in METHODS else "other"
        with tracing.answering(method, _parent(scope)) as span:

            async def told(message: Message) -> None:
                if message["type"] == "http.response.start" and span.is_recording():
                    route = template(scope.get("route"))
                    span.update_name(f"{method} {route}")
                    span.set_attributes(
                        {
                            "http.request.method": method,
                            "http.route": route,
                            "http.response.status_code": message["status"],
                        }
                    )
                    span.end()
                await send(message)

            await self._app(scope, receive, told)


def _parent(scope: Scope) -> str | None:
    """Return the caller's context; one that comes twice is none."""
    said = [value for name, value in scope["headers"] if name == tracing.HEADER.encode()]
    return said[0].decode("latin-1") if len(said) == 1 else None
