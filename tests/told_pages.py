"""Pages of the portal made from answers that a test hands out, and how text that would be markup stands on them."""

from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any, Final

import httpx
from fastapi import APIRouter, Depends, FastAPI, Request

from services.portal.forms import read_form
from services.portal.visitors import Visitor

#: As long as a text may be: markup, a quote that would end an attribute, a switch of writing, a place, controls.
HOSTILE: Final = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>&lt;b&gt; \u202eRTL {date} \x00\x07\x1b[31m"
).ljust(2_000, "x")
#: The same without what can't be printed, for bytes that are shown as text.
PRINTABLE: Final = "".join(each for each in HOSTILE if each.isprintable())
ESCAPED: Final = (
    "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&#34;&#39;&gt;&amp;lt;b&amp;gt;"
)
#: Elements that have no end.
VOID: Final = {"meta", "link", "input", "br", "img", "hr", "use", "source"}


class ToldBackend:
    """Services that answer each path with what is said here, and None for what nothing is said of."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self._said = said

    async def get(self, _service: Any, path: str, _token: str, **_query: Any) -> Any:
        return self._said[path]

    async def get_or_away(self, _service: Any, path: str, _token: str, **_query: Any) -> Any:
        return self._said.get(path)

    async def tell(self, _service: Any, _method: str, path: str, _token: str, _body: Any = None) -> Any:
        return self._said[path]

    async def readiness(self, _service: Any) -> Any:
        return self._said["/readyz"]


def client_of(router: APIRouter, role: str) -> httpx.AsyncClient:
    """Return a browser without script before `router`, signed in as `role`."""
    visitor = Visitor(token="t", expires=0, subject="s", roles=(role,), municipality=None, csrf="c")

    async def arrive(request: Request) -> None:
        request.state.visitor = visitor
        request.state.form = await read_form(request) if request.method == "POST" else None

    app = FastAPI(dependencies=[Depends(arrive)])
    app.include_router(router)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal")


class Markup(HTMLParser):
    """What a browser makes of a page: its scripts and pictures, and where writing may turn beyond its own element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._open: list[tuple[str, bool]] = []
        self.loaded: list[Mapping[str, str | None]] = []
        self.handlers: list[str] = []
        self.turning: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in {"script", "img"}:
            self.loaded.append(said)
        self.handlers += [name for name in said if name.startswith("on")]
        if tag not in VOID:
            self._open.append((tag, tag in {"bdi", "textarea", "title"} or "dir" in said))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "\u202e" in data and not any(apart for tag, apart in self._open if tag != "html"):
            self.turning.append(" > ".join(tag for tag, _ in self._open))


def faults(page: str) -> Iterator[str]:
    """Yield what text has come to be on a page that is more than text."""
    found = Markup(page)
    yield from (f"{each} is loaded" for each in found.loaded if not (each.get("src") or "").startswith("/static/"))
    yield from (f"{each} is called" for each in found.handlers)
    yield from (f"writing turns in {each}" for each in found.turning)
