"""What changes on a page while somebody has it open."""

import pytest
from playwright.async_api import expect

from contracts.names import EventName
from tests.browser.conftest import tell
from tests.browser.pictures import expect_refusal
from tests.browser.situations import LIVE, about
from tests.browser.test_overblik import away

PAGE = f"/kommune/{LIVE}"


async def test_two_people_see_each_others_change_without_loading_again(visit):
    first, second = await visit(f"kommune-behandl:{LIVE}"), await visit(f"kommune-behandl:{LIVE}")
    for here, there, text in ((first, second, "Fra den første"), (second, first, "Fra den anden")):
        await expect(there.page.locator("#live.is-on")).to_be_visible()
        await here.page.fill("#lokalt-punkt", text)
        await here.page.click("form[action$='/lokale-punkter'] button")
        await expect(there.page.locator("#lokale-punkter")).to_contain_text(text)
        await there.page.wait_for_load_state()


async def test_what_is_being_typed_stays_with_its_focus_when_an_update_comes(visit, world):
    browser = await visit(f"kommune-behandl:{LIVE}")
    await expect(browser.page.locator("#live.is-on")).to_be_visible()
    await browser.page.locator("#lokalt-punkt").press_sequentially("Halvt skrev")
    item = about(EventName.LocalItemAdded, LIVE, item_id="L-live", text="Kom imens")
    await tell(world, item, about(EventName.AgreementViewed, LIVE, agreement_id=f"A-{LIVE}"))
    await expect(browser.page.locator("#live-status")).not_to_be_empty()
    assert await browser.page.input_value("#lokalt-punkt") == "Halvt skrev"
    assert (await browser.focus())["id"] == "lokalt-punkt"


@pytest.mark.parametrize(
    ("who", "path", "service", "gone"),
    [
        (f"kommune-behandl:{LIVE}", PAGE, "agreements", "#spor-agreement .alert-warning"),
        (f"kommune-behandl:{LIVE}", PAGE, "tasks", "#spor-task .alert-warning"),
        ("koordinator", "/overblik", "tasks", "#vaek .alert-warning"),
        ("drift", "/drift", "tasks", "#genopbygning-tasks p:has-text('kan ikke hentes')"),
        ("drift", "/drift", "notifications", "#beskeder p:has-text('kan ikke hentes')"),
    ],
)
async def test_what_did_not_answer_stands_on_the_page_once_it_answers_again(  # noqa: PLR0917
    visit, world, who, path, service, gone
):
    browser = await visit(who)
    with away(world, service):
        await browser.open(path)
        await expect(browser.page.locator(gone)).to_be_visible()
    await expect(browser.page.locator(gone)).to_have_count(0)
    await expect(browser.page.locator("#live-line")).not_to_be_empty()
    if service == "tasks":
        expect_refusal(browser, 503)
