"""Every page in every state, in both languages, on a desk and on a phone: readable for all, and no wider than it is."""

import pytest

from tests.browser.pictures import NARROW, PHONE, WIDE, expect_refusal, look
from tests.browser.places import PLACES

#: What a reader may set by WCAG 1.4.12.
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* {line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important}"
    + "p {margin-bottom: 2em !important}");
  document.adoptedStyleSheets = [sheet];
}"""
#: What takes the focus and does not show it; a browser shows it as it does for who uses the keyboard, once one is used.
UNSEEN = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter(each => each.type !== "hidden" && each.checkVisibility())
  .filter(each => {
    each.focus();
    const style = getComputedStyle(each);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    return document.activeElement !== each || !(outlined || style.boxShadow !== "none");
  })
  .map(each => each.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_axe_finds_nothing_at_either_width_and_no_word_is_of_the_other_language(visit, place, language):
    browser = await visit(place.who)
    await browser.open(f"{place.path}{'&' if '?' in place.path else '?'}lang={language}")
    forget_that_the_page_is_none(browser, place)
    await look(browser, f"{place.name}-{language}")


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_no_page_is_wider_than_its_window_and_all_that_takes_the_focus_shows_it(visit, place):
    browser = await visit(place.who, width=PHONE)
    await browser.open(place.path)
    forget_that_the_page_is_none(browser, place)
    wider = {}
    for width in (WIDE, PHONE, NARROW):
        await browser.page.set_viewport_size({"width": width, "height": 900})
        wider[width] = await browser.overflow()
    await browser.page.set_viewport_size({"width": PHONE, "height": 900})
    await browser.page.evaluate(SPACED)
    assert wider | {"spaced": await browser.overflow()} == {WIDE: 0, PHONE: 0, NARROW: 0, "spaced": 0}
    await browser.page.keyboard.press("Tab")
    assert await browser.page.evaluate(UNSEEN) == []


def forget_that_the_page_is_none(browser, place):
    """Some pages are none, or say that a form is wrong."""
    expected = {"nowhere": 404, "overview-wrong-time": 422}.get(place.name)
    if expected:
        expect_refusal(browser, expected)
