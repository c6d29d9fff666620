"""A whole campaign through the pages: one municipality acts, a coordinator looks on, and operations prove it all."""

from playwright.async_api import expect

from contracts.names import EventName
from tests.browser.conftest import tell
from tests.browser.situations import STORY, about
from tests.browser.test_drift import PARKED_AGAIN, parked
from tests.browser.test_drift import confirm as sign

PAGE = f"/kommune/{STORY}"


async def test_a_campaign_is_played_through_the_pages_to_its_end(visit, world):
    municipality, coordinator = await visit(f"kommune-behandl:{STORY}"), await visit("koordinator")
    operations = await visit("drift")
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
    before = await municipality.page.locator("#spor-task").inner_text()
    await prove(operations, await parked(world, EventName.TaskReopened))
    await municipality.page.reload()
    assert await municipality.page.locator("#spor-task").inner_text() == before


async def prove(operations, group):
    """Redrive what is parked, verify, rebuild, swap and go back: nothing of it changes what a municipality sees."""
    page, here = operations.page, "#genopbygning-tasks"
    await page.click(f"a[href='/drift/tasks/proevekoer?{group}']")
    await page.click(f"main a[href='/drift/tasks/koer-igen?{group}']")
    await sign(operations, "kør igen", "Afsenderen har rettet det")
    await expect(page.locator("main")).to_contain_text(PARKED_AGAIN)

    await operations.open("/drift")
    await page.click(f"{here} form[action$='/kontroller'] button")
    await expect(page.locator("#kontrol-tasks")).to_contain_text("Ens:")

    await page.click(f"{here} a[href$='/genopbyg']")
    await sign(operations, "genopbyg", "Prøve af det hele")
    await expect(page.locator(f"{here} .badge-success", has_text="Ens")).to_have_count(3)
    await page.click(f"{here} a[href$='/skift']")
    await sign(operations, "skift", "Kontrolsummerne er ens")
    await operations.open("/drift")
    await page.click(f"{here} a[href$='/gaa-tilbage']")
    await sign(operations, "gå tilbage", "Prøven er slut")
    for why in ("Prøven er slut", "Kontrolsummerne er ens", "Afsenderen har rettet det"):
        await expect(page.locator("main")).to_contain_text(why)


async def confirm(browser):
    """Send the form of a confirmation and come back to the municipality's page."""
    await browser.page.click("main form button[type=submit]")
    await browser.page.wait_for_url(f"**{PAGE}*")
