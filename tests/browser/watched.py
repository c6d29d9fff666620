"""A page in a real browser that remembers whatever went wrong on it, and what is asked of it."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

from playwright.async_api import ConsoleMessage, Page, Request

AXE = Path(__file__).parent / "axe" / "axe.min.js"
AXE_SHA256 = tomllib.loads(AXE.with_name("vendored.toml").read_text("utf-8"))["sha256"][AXE.name]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
FOCUS = """() => {
  const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect();
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return {id: it.id, href: it.getAttribute("href") ?? "", tag: it.tagName, type: it.getAttribute("type") ?? "",
          visible: (outlined || style.boxShadow !== "none") && box.width > 0 && box.height > 0};
}"""
#: What shows less than it holds, and has no way to scroll to the rest.
CUT = """() => [...document.querySelectorAll('main *')].filter(it => {
  const box = it.getBoundingClientRect();
  if (!box.width || !box.height || !it.innerText?.trim()) return false;
  for (let round = it.parentElement; round; round = round.parentElement) {
    const style = getComputedStyle(round), edge = round.getBoundingClientRect();
    if (['auto', 'scroll'].includes(style.overflowX)) return false;
    if (edge.width <= 1 || style.clip !== 'auto' || style.clipPath !== 'none') return false;
    if (['hidden', 'clip'].includes(style.overflowX) && box.right > edge.right + 1) return true;
  }
  return false;
}).map(it => `${it.tagName}: ${it.innerText.slice(0, 60)}`)"""


class Watched:
    """Wraps `page`; `faults` holds console errors, policy violations, dialogs and requests to other origins."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.origin = origin
        self.faults: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("request", self._asked)

    async def sign_in(self, who: str) -> None:
        """Sign in at the issuer, which is another origin, and forget what was noted on the way."""
        await self.page.goto(f"/log-paa?som={who}")
        self.faults.clear()

    async def open(self, path: str) -> None:
        await self.page.goto(path)

    async def violations(self) -> list[str]:
        """Return what axe-core finds on the page as it is shown."""
        if not await self.page.evaluate("() => 'axe' in window"):
            await self.page.evaluate(axe())
        run = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
        found: dict[str, Any] = await self.page.evaluate(run, TAGS)
        return [f"{each['id']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]]

    async def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        root = "document.documentElement"
        return int(await self.page.evaluate(f"() => Math.max(0, {root}.scrollWidth - {root}.clientWidth)"))

    async def cut(self) -> list[str]:
        """Return what is cut off at an edge, so that nobody can read it to its end."""
        found: list[str] = await self.page.evaluate(CUT)
        return found

    async def focus(self) -> dict[str, Any]:
        """Return what has the focus, and whether one sees it."""
        focus: dict[str, Any] = await self.page.evaluate(FOCUS)
        return focus

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(f"{self.origin}/"):
            self.faults.append(f"asked elsewhere: {request.url}")


def axe() -> str:
    """Return axe-core; an error where the file is not the one that is pinned."""
    content = AXE.read_bytes()
    if hashlib.sha256(content).hexdigest() != AXE_SHA256:
        raise ValueError(f"{AXE.name} is not the pinned one")
    return content.decode()
