"""A whole campaign through the pages: one municipality acts, EG's systems tell, a coordinator looks on."""

from playwright.async_api import expect

from contracts.names import EventName
from tests.browser.conftest import tell
from tests.browser.situations import STORY, about

PAGE = f"/kommune/{STORY}"


async def test_a_campaign_is_played_through_the_pages_to_its_end(visit, world):
    municipality, coordinator = await visit(f"kommune-behandl:{STORY}"), await visit("koordinator")
    await coordinator.open(PAGE)
    for role in ("aftaleadministrator", "erp_dialog"):
        await municipality.page.click(f"a[href='{PAGE}/orienter/{role}']")
        await confirm(municipality)
    await expect(municipality.page.locator(".kl-turn-await")).to_be_visible()

    await tell(world, about(EventName.AgreementSent, STORY, agreement_id=f"A-{STORY}", sign_by=None))
    await tell(world, about(EventName.WebinarInvited, STORY))
    await municipality.page.click(f".kl-turn a[href='{PAGE}/underskriv']")
    await confirm(municipality)
    await expect(municipality.page.locator("#spor-agreement .badge-success")).to_be_visible()

    await municipality.page.click(f"form[action='{PAGE}/vejledning'] button")
    await expect(municipality.page.locator(f"form[action='{PAGE}/vejledning']")).to_have_count(0)
    await municipality.page.check("#svar-accepted")
    await municipality.page.click(f"form[action='{PAGE}/webinar'] button")
    await expect(municipality.page.locator("#webinar .kl-answer")).to_be_visible()
    await municipality.page.click(f"a[href='{PAGE}/fuldfoer']")
    await confirm(municipality)

    for each in (municipality, coordinator):
        await expect(each.page.locator("#spor-orientation .badge-success")).to_be_visible()
        await expect(each.page.locator("#spor-agreement .badge-success")).to_be_visible()
        await expect(each.page.locator("#spor-task .badge-success")).to_be_visible()
        await expect(each.page.locator("#spor-forwarding .badge-success")).to_have_count(0)
    assert await coordinator.page.locator("main form").count() == 0


async def confirm(browser):
    """Send the form of a confirmation and come back to the municipality's page."""
    await browser.page.click("main form button[type=submit]")
    await browser.page.wait_for_url(f"**{PAGE}*")
