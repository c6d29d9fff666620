"""Overblik in a real browser: by keyboard, without script, live, in grey and on paper, and how much it loads."""

from contextlib import contextmanager

import pytest
from playwright.async_api import expect

from contracts.names import EventName
from services.portal.overblik.picture import ICONS
from tests.browser.conftest import tell
from tests.browser.pictures import PICTURES, expect_refusal, look_in_both
from tests.browser.places import BEFORE
from tests.browser.situations import AWAITING, BLOCKED, OUTSIDE, RECEIVING, SIGNING, about
from tests.browser.test_paths import tab_to

#: Nobody tells of it before the test of live figures does.
LATE = "0746"
ON_MAP = ".kl-map a[href='/kommune/{}']"


@contextmanager
def away(world, *names):
    """Let services not answer for a while."""
    addresses = world.app.state.parts.backend.addresses
    before = {name: getattr(addresses, name) for name in names}
    for name in names:
        setattr(addresses, name, "http://127.0.0.1:9")
    try:
        yield
    finally:
        for name, address in before.items():
            setattr(addresses, name, address)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
async def test_from_filter_over_map_to_table_and_a_municipality_by_keyboard_alone(visit, script):
    browser = await visit("koordinator", java_script_enabled=script)
    await browser.page.keyboard.press("Tab")
    await browser.page.keyboard.press("Enter")
    await tab_to(browser, "id", "field-q")
    await browser.page.keyboard.type(AWAITING)
    await browser.page.keyboard.press("Enter")
    await browser.page.wait_for_url(f"**/overblik?*q={AWAITING}")
    await tab_to(browser, "href", f"/overblik?q={AWAITING}&all=1#raekker")
    await tab_to(browser, "href", f"/kommune/{AWAITING}")
    assert await browser.page.evaluate("() => Boolean(document.activeElement.closest('.kl-map'))")
    await tab_to(browser, "href", f"/overblik?q={AWAITING}&sort=name#raekker")
    await tab_to(browser, "href", f"/kommune/{AWAITING}")
    await browser.page.keyboard.press("Enter")
    await browser.page.wait_for_url(f"**/kommune/{AWAITING}")


async def test_the_skip_link_of_the_map_leads_to_all_rows(visit):
    browser = await visit("koordinator")
    await browser.page.click("#kort p a")
    await expect(browser.page.locator("#raekker")).to_be_focused()
    await expect(browser.page.locator(f"#raekker a[href='/kommune/{RECEIVING}']")).to_be_visible()


async def test_map_and_table_say_the_same(visit):
    browser = await visit("koordinator")
    await browser.open("/overblik?all=1")
    table = await browser.page.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => `${row.querySelector('a').textContent}: ${row.querySelector('.kl-chip').textContent}`)"
    )
    tiles = await browser.page.locator(".kl-map a .sr-only").all_text_contents()
    assert sorted(tiles) == sorted(table)
    assert await browser.page.locator(ON_MAP.format(OUTSIDE)).count() == 0


async def test_a_filter_holds_for_map_counts_table_and_file_and_not_for_the_figures(visit):
    browser = await visit("koordinator")
    figures = await browser.page.locator(".kl-figures").inner_text()
    await browser.open("/overblik?stage=blocked")
    assert await browser.page.locator("tbody th a").count() == 2
    assert await browser.page.locator(".kl-map a").count() == 2
    left_out = browser.page.locator(".kl-map .kl-tile-out", has_text="Vejle Kommune")
    await expect(left_out).to_contain_text("ikke med i det valgte")
    assert await browser.page.locator(".kl-stages strong").all_text_contents() == ["2", *["0"] * 7]
    assert (await browser.page.request.get("/overblik.csv?stage=blocked")).ok
    await expect(browser.page.locator("tbody")).to_contain_text("Kunne ikke leveres")
    assert await browser.page.locator(".kl-figures").inner_text() == figures


async def test_counts_and_map_follow_without_loading_again(visit, world):
    browser = await visit("koordinator")
    await expect(browser.page.locator("#live.is-on")).to_be_visible()
    await expect(browser.page.locator(ON_MAP.format(LATE))).to_have_count(0)
    await tell(world, about(EventName.MunicipalityEnrolled, LATE))
    await expect(browser.page.locator(ON_MAP.format(LATE))).to_be_visible()
    await expect(browser.page.locator("#live-status")).to_contain_text("Mål: orienteret")


async def test_a_service_that_is_away_leaves_the_page_alive_and_readable_for_all(visit, world):
    browser = await visit("koordinator")
    with away(world, "tasks", "notifications"):
        await browser.open("/overblik")
        await expect(browser.page.locator("#vaek")).to_contain_text("tasks og notifications")
        await expect(browser.page.locator(ON_MAP.format(SIGNING))).to_be_visible()
        await look_in_both(browser, "overview-away")
        await browser.open("/hjaelp")  # the live line of the page that is left asks no more
    expect_refusal(browser, 503)


async def test_an_earlier_moment_offers_nothing_to_do_and_names_who_has_moved(visit):
    browser = await visit("koordinator")
    await browser.open(f"/overblik/tidligere?fra={BEFORE}")
    await expect(browser.page.locator(".alert-warning")).to_contain_text("Intet kan ændres her.")
    assert await browser.page.locator("main form[method=post]").count() == 0
    moved = browser.page.locator(
        "section[aria-labelledby=flyttet] tr", has=browser.page.locator(f"a[href$='{SIGNING}']")
    )
    await expect(moved.locator(".kl-chip")).to_have_text(["Benytter ikke ØS Indsigt", "Til underskrift"])


async def test_on_paper_and_in_grey_the_map_is_whole_and_each_stage_has_its_icon(visit):
    browser = await visit("koordinator")
    await browser.page.emulate_media(media="print")
    await browser.page.evaluate("() => { document.documentElement.style.filter = 'grayscale(1)'; }")
    await browser.page.screenshot(path=PICTURES / "overview-print-grey.png", full_page=True)
    await expect(browser.page.locator("nav")).to_be_hidden()
    await expect(browser.page.locator(".kl-filter")).to_be_hidden()
    assert await browser.page.locator(".kl-map li").count() == 98
    for code, stage in ((BLOCKED, "blocked"), (AWAITING, "awaiting_eg"), (RECEIVING, "receiving")):
        used = browser.page.locator(f"{ON_MAP.format(code)} use")
        assert (await used.get_attribute("href")).endswith(f"#{ICONS[stage]}")
