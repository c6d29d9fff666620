"""The ways through the portal in a real browser: by keyboard, without script, and to what is somebody else's."""

import pytest
from playwright.async_api import expect

from tests.browser.situations import AWAITING, HOSTILE, HOSTILE_TEXT, SIGNING, WITH_SCRIPT, WITHOUT_SCRIPT

FARTHEST = 300


@pytest.mark.parametrize(("code", "script"), [(WITH_SCRIPT, True), (WITHOUT_SCRIPT, False)])
async def test_the_task_is_completed_by_keyboard_alone_with_and_without_script(visit, code, script):
    browser = await visit(f"kommune-behandl:{code}", java_script_enabled=script)
    await browser.page.keyboard.press("Tab")
    assert (await browser.focus())["href"] == "#main-content"
    await browser.page.keyboard.press("Enter")
    await tab_to(browser, "href", f"/kommune/{code}/fuldfoer")
    await browser.page.keyboard.press("Enter")
    await browser.page.wait_for_url("**/fuldfoer")
    await tab_to(browser, "id", "field-by_role")
    await tab_to(browser, "type", "submit")
    await browser.page.keyboard.press("Enter")
    await browser.page.wait_for_url(f"**/kommune/{code}*")
    await expect(browser.page.locator("#spor-task .badge-success")).to_be_visible()


async def tab_to(browser, name, wanted):
    """Press Tab until what has the focus has it; whatever is passed has to show that it has the focus."""
    for _ in range(FARTHEST):
        await browser.page.keyboard.press("Tab")
        focus = await browser.focus()
        assert focus["visible"], focus
        if focus[name] == wanted and not (wanted == "submit" and await in_header(browser)):
            return
    raise AssertionError(f"Tab does not reach {wanted}")


async def in_header(browser):
    return await browser.page.evaluate("() => Boolean(document.activeElement.closest('header'))")


async def test_another_municipalitys_page_is_the_one_of_a_page_that_is_not_there(visit):
    browser = await visit(f"kommune-behandl:{AWAITING}")
    seen = []
    for path in (f"/kommune/{SIGNING}", "/kommune/9999", "/findes-ikke"):
        answer = await browser.page.goto(path)
        seen.append((answer.status, await answer.body()))
    browser.faults[:] = [fault for fault in browser.faults if "404" not in fault]
    assert seen[0][0] == 404
    assert seen[0] == seen[1] == seen[2]


async def test_hostile_text_of_an_event_is_text(visit):
    browser = await visit(f"kommune-laes:{HOSTILE}")
    item = browser.page.locator("#lokale-punkter li span[dir=auto]")
    assert (await item.text_content()).strip() == HOSTILE_TEXT.strip()
    assert await browser.page.locator("main script, main img").count() == 0


async def test_print_leaves_the_navigation_out(visit):
    browser = await visit(f"kommune-laes:{SIGNING}")
    await browser.page.emulate_media(media="print")
    await expect(browser.page.locator("nav")).to_be_hidden()
    await expect(browser.page.locator("h1")).to_be_visible()
    assert await browser.page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
