"""One look at a page as it stands: its picture at each width, and whether all can read it, in its own language."""

from pathlib import Path

from tests.browser.languages import foreign_words
from tests.browser.watched import Watched

PICTURES = Path(__file__).parents[2] / "build" / "screenshots"
WIDE, DESK, PHONE, NARROW = 1_920, 1_280, 390, 320
#: The widths at which axe looks too; at the others pages are only not to be wider than the window.
LOOKED_AT = (DESK, PHONE)
_OPENED = "() => document.querySelectorAll('details').forEach(each => { each.open = true; })"


async def look(browser: Watched, name: str, *, widths: tuple[int, ...] = LOOKED_AT) -> None:
    """Open what can be opened, keep a picture of each width, and find nothing wrong at any."""
    await browser.page.evaluate(_OPENED)
    for width in widths:
        await browser.page.set_viewport_size({"width": width, "height": 900})
        await browser.page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
        found = [f"{each} px too wide" for each in [await browser.overflow()] if each]
        found += [f"cut off: {each}" for each in await browser.cut()]
        found += await browser.violations() if width in LOOKED_AT else []
        assert not found, found
    foreign = foreign_words(await browser.page.content())
    assert not foreign, foreign
    await browser.page.set_viewport_size({"width": DESK, "height": 900})


async def look_in_both(browser: Watched, name: str) -> None:
    """Look at a page in Danish, and once more in English, which it then stays in no longer."""
    await look(browser, f"{name}-da")
    await speak(browser, "en")
    await browser.page.reload()
    await look(browser, f"{name}-en")
    await speak(browser, "da")
    await browser.page.reload()


async def speak(browser: Watched, language: str) -> None:
    """Choose a language as the link in the header does, for the pages that follow."""
    await browser.page.context.add_cookies([{"name": "sprog", "value": language, "url": browser.origin}])


def expect_refusal(browser: Watched, status: int | str) -> None:
    """A browser's console tells of every answer that is an error; this one was to be."""
    browser.faults[:] = [fault for fault in browser.faults if str(status) not in fault]
