"""What a caller has already is not sent again: every whole answer to a GET has an ETag."""

from hashlib import blake2b

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OK, NOT_MODIFIED = 200, 304


def etag_of(content: bytes) -> str:
    """Return the strong ETag of an answer's bytes; a live event's id is the same without the quotes."""
    return f'"{blake2b(content, digest_size=16).hexdigest()}"'


def has(if_none_match: str | None, etag: str) -> bool:
    """Return whether the caller says that it has what `etag` names."""
    given = {each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")}
    return not given.isdisjoint({etag, "*"})


class Unchanged:
    """ASGI middleware: tags what its route has not tagged; streams, which come in pieces, pass as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("if-none-match")
        held: list[Message] = []

        async def tagged(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == OK:
                held.append(message)
                return
            if held:
                start = held.pop()
                if not message.get("more_body"):
                    message = _tag(start, message, given)
                await send(start)
            await send(message)

        await self._app(scope, receive, tagged)


def _tag(start: Message, body: Message, given: str | None) -> Message:
    """Add the tag to the answer's beginning and return its body, which is empty where the caller has it."""
    headers = MutableHeaders(raw=start["headers"])
    etag = headers.setdefault("ETag", etag_of(body.get("body", b"")))
    headers.setdefault("Cache-Control", "private, no-cache")
    headers.add_vary_header("Authorization")
    if not has(given, etag):
        return body
    start["status"] = NOT_MODIFIED
    for name in ("content-length", "content-type"):
        if name in headers:
            del headers[name]
    return {**body, "body": b""}
