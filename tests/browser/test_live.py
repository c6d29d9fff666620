"""What changes on a page while somebody has it open."""

import pytest
from playwright.async_api import expect

from contracts.names import EventName
from contracts.roles import Role
from tests.browser.conftest import tell
from tests.browser.pictures import expect_refusal
from tests.browser.situations import LIVE, about
from tests.browser.test_overblik import away

PAGE = f"/kommune/{LIVE}"
#: Nobody else tells of these.
HEARD, CUT, NEW = "0773", "0779", "0787"
#: Without a stream a page asks by itself.
ASKS_EVERY_MS = 30_000


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


async def test_what_changes_soon_after_an_announcement_is_announced_too(visit, world):
    await tell(world, about(EventName.MunicipalityEnrolled, HEARD))
    browser = await visit(f"kommune-laes:{HEARD}")
    await expect(browser.page.locator("#live.is-on")).to_be_visible()
    for event, said in (
        (
            about(EventName.AgreementSent, HEARD, agreement_id=f"A-{HEARD}", sign_by=None),
            "Serviceaftale: Til underskrift",
        ),
        (about(EventName.StakeholderOriented, HEARD, role=Role.ERP_DIALOG), "Orientering: Delvist orienteret"),
    ):
        await tell(world, event)
        await expect(browser.page.locator("#live-status")).to_contain_text(said)


async def test_who_takes_part_from_now_on_sees_the_tracks_without_loading_again(visit, world):
    browser = await visit(f"kommune-laes:{NEW}")
    await expect(browser.page.locator("#live.is-on")).to_be_visible()
    await expect(browser.page.locator("#spor-orientation")).to_have_count(0)
    await tell(world, about(EventName.MunicipalityEnrolled, NEW))
    await expect(browser.page.locator("#spor-orientation")).to_be_visible()
    await browser.page.wait_for_load_state()


async def test_a_page_whose_stream_is_cut_says_so_asks_again_and_listens_once_it_can(visit, world):
    await tell(world, about(EventName.MunicipalityEnrolled, CUT))
    browser = await visit()
    await browser.page.clock.install()
    await browser.page.route("**/stream", lambda route: route.abort())
    await browser.sign_in(f"kommune-laes:{CUT}")
    await expect(browser.page.locator("#live-line")).to_contain_text("Forbindelsen er afbrudt.")
    await tell(world, about(EventName.AgreementSent, CUT, agreement_id=f"A-{CUT}", sign_by=None))
    await browser.page.clock.fast_forward(ASKS_EVERY_MS)
    await expect(browser.page.locator("#spor-agreement")).to_contain_text("Til underskrift")
    await browser.page.unroute_all()
    await browser.page.clock.fast_forward(ASKS_EVERY_MS)
    await expect(browser.page.locator("#live.is-on")).to_be_visible()
    expect_refusal(browser, "ERR_FAILED")


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
