"""The local issuer's page in a real browser: in both languages, by keyboard alone, for all, and small."""

import pytest
from playwright.async_api import expect

from tests.browser.pictures import DESK, NARROW, PHONE, WIDE, expect_refusal, look
from tests.browser.situations import AWAITING
from tests.browser.test_paths import tab_to
from tests.browser.test_weight import MOST_BYTES

WIDTHS = (WIDE, DESK, PHONE, NARROW)


@pytest.fixture
async def browser(visit, world):
    """A browser that asks to be signed in; what it loads comes from the issuer then, and not from the portal."""
    browser = await visit()
    browser.origin = world.issuer.url
    await browser.open("/")
    yield browser
    browser.faults[:] = [fault for fault in browser.faults if world.portal not in fault]


async def asked(browser):
    """Follow the portal's link to where somebody says who they are."""
    await browser.page.click("main a[href='/log-paa']")
    await browser.page.wait_for_url(f"{browser.origin}/**")


@pytest.mark.parametrize("language", ["da", "en"])
async def test_the_sign_in_is_readable_for_all_in_the_language_of_the_portal(browser, world, language):
    await browser.open(f"{world.portal}/?lang={language}")
    await asked(browser)
    await expect(browser.page.locator("html")).to_have_attribute("lang", language)
    await look(browser, f"sign-in-{language}", widths=WIDTHS)


async def test_who_reads_the_other_language_asks_for_it_there(browser):
    await asked(browser)
    await browser.page.click("header a[hreflang=en]")
    await expect(browser.page.locator("h1")).to_have_text("Who are you?")


async def test_a_role_and_a_municipality_are_chosen_by_keyboard_alone(browser):
    await asked(browser)
    await tab_to(browser, "id", "role-kommune-behandl")
    await browser.page.keyboard.press("ArrowDown")
    assert (await browser.focus())["id"] == "role-kommune-laes"
    await tab_to(browser, "id", "kommunekode")
    await browser.page.keyboard.type("Hols")
    await tab_to(browser, "type", "submit")
    await browser.page.keyboard.press("Enter")
    await browser.page.wait_for_url(f"**/kommune/{AWAITING}")
    await expect(browser.page.locator(".kl-who")).to_contain_text("Læseadgang")


async def test_a_question_that_is_none_of_a_portal_is_refused_readably(browser):
    await browser.open(f"{browser.origin}/authorize?redirect_uri=https://elsewhere.example")
    await expect(browser.page.locator("h1")).to_have_text("Forespørgslen kan ikke besvares")
    await look(browser, "sign-in-refused")
    expect_refusal(browser, 400)


async def test_what_the_page_loads_is_small(browser):
    loaded = []
    browser.page.on("requestfinished", lambda request: loaded.append(request))  # noqa: PLW0108  no builtin listens
    await asked(browser)
    await browser.page.wait_for_load_state()
    own = [each for each in loaded if each.url.startswith(browser.origin) and each.resource_type != "font"]
    sizes = [(await each.sizes())["responseBodySize"] for each in own]
    assert len(own) >= 3
    assert sum(sizes) <= MOST_BYTES
