"""Every page in every state, in both languages, on a desk and on a phone: readable for all, and no wider than it is."""

from pathlib import Path

import pytest

from tests.browser.places import PLACES

PICTURES = Path(__file__).parents[2] / "build" / "screenshots"
DESK, PHONE, NARROW = 1280, 390, 320
#: What a reader may set by WCAG 1.4.12.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}"
    + "p {margin-bottom: 2em !important}");
  document.adoptedStyleSheets = [sheet];
}"""


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_axe_finds_nothing_at_either_width(visit, place, language):
    browser = await visit(place.who)
    await browser.open(f"{place.path}{'&' if '?' in place.path else '?'}lang={language}")
    forget_that_the_page_is_none(browser, place)
    await browser.page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true; })")
    for width in (DESK, PHONE):
        await browser.page.set_viewport_size({"width": width, "height": 900})
        await browser.page.screenshot(path=PICTURES / f"{place.name}-{language}-{width}.png", full_page=True)
        assert await browser.violations() == []


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_no_page_is_wider_than_a_phone(visit, place):
    browser = await visit(place.who, width=PHONE)
    await browser.open(place.path)
    forget_that_the_page_is_none(browser, place)
    wider = {}
    for width in (PHONE, NARROW):
        await browser.page.set_viewport_size({"width": width, "height": 900})
        wider[width] = await browser.overflow()
    await browser.page.set_viewport_size({"width": PHONE, "height": 900})
    await browser.page.evaluate(SPACED)
    assert wider | {"spaced": await browser.overflow()} == {PHONE: 0, NARROW: 0, "spaced": 0}


def forget_that_the_page_is_none(browser, place):
    """A browser's console tells of every page that is not there, or whose form is wrong; that is what these are."""
    expected = {"nowhere": "404", "overview-wrong-time": "422"}.get(place.name)
    if expected:
        browser.faults[:] = [fault for fault in browser.faults if expected not in fault]
