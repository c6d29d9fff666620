"""Drift in a real browser: a parked record is redriven, everything verified and rebuilt, by the one who runs it."""

import asyncio
import re
from typing import NamedTuple
from urllib.parse import urlencode

import httpx
import pytest
from playwright.async_api import expect

from contracts import codec
from contracts.examples import EXAMPLES
from contracts.names import EventName, event_type
from services.chassis.projection.jobs import SILENT_MS, Jobs, Kind, State
from services.chassis.projection.undertaking import Phase, Undertaking, Undertakings
from tests.browser.pictures import expect_refusal, look, look_in_both, speak
from tests.browser.test_overblik import away
from tests.browser.test_paths import tab_to

HERE = "#genopbygning-{}"


async def parked(world, name: EventName) -> str:
    """Put a record that can't be a fact onto the log, and return its group's address once it is set aside."""
    await world.publisher.publish([codec.encode(EXAMPLES[name])._replace(value=b"{}")])
    async with httpx.AsyncClient(base_url=world.urls["tasks"], headers=world.issuer.bearer("drift")) as client:
        while True:
            groups = (await client.get("/v1/admin/parked/groups")).json()["items"]
            for group in groups:
                if group["type"] == event_type(name):
                    return urlencode({each: group[each] for each in ("reason", "topic", "type")})
            await asyncio.sleep(0.1)


async def confirm(browser, word: str, why: str) -> None:
    """Type what a confirmation asks for, and send it."""
    await browser.page.fill("#field-word", word)
    await browser.page.fill("#field-reason", why)
    await browser.page.click("main form button[type=submit]")


#: Whoever parked a record of the same type before is tried again with it.
PARKED_AGAIN = re.compile(r"\b[1-9]\d* parkeret igen")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
async def test_from_dry_run_to_receipt_by_keyboard_alone(visit, world, script):
    name = EventName.LocalItemAdded if script else EventName.LocalItemClosed
    group = await parked(world, name)
    browser = await visit("drift", java_script_enabled=script)
    await tab_to(browser, "href", f"/drift/tasks/proevekoer?{group}")
    await browser.page.keyboard.press("Enter")
    await browser.page.wait_for_url("**/proevekoer*")
    if script:
        await look_in_both(browser, "dry-run")
    await tab_to(browser, "href", f"/drift/tasks/koer-igen?{group}")
    await browser.page.keyboard.press("Enter")
    await browser.page.wait_for_url("**/koer-igen*")
    if script:
        await look_in_both(browser, "redrive")
    await tab_to(browser, "id", "field-word")
    await browser.page.keyboard.type("kør igen")
    await tab_to(browser, "id", "field-reason")
    await browser.page.keyboard.type("Prøves igen")
    await tab_to(browser, "type", "submit")
    await browser.page.keyboard.press("Enter")
    await expect(browser.page.locator("h1")).to_have_text("Kvittering")
    await expect(browser.page.locator("main")).to_contain_text(PARKED_AGAIN)
    if script:
        await look(browser, "receipt-da")


async def test_what_is_parked_is_opened_discarded_with_a_reason_and_told_in_the_journal(visit, world):
    group = await parked(world, EventName.TaskAssigned)
    browser = await visit("drift")
    await look_in_both(browser, "operations-parked")
    await browser.page.click(f"a[href='/drift/tasks/parkeret?{group}']")
    await look_in_both(browser, "records")
    await browser.open(f"/drift/tasks/kasser?{group}")
    await look_in_both(browser, "discard")
    await speak(browser, "en")
    await browser.page.fill("#field-reason", "Hører ikke til her")
    await browser.page.click("main form button[type=submit]")
    await expect(browser.page.locator("h1")).to_have_text("Receipt")
    await look(browser, "receipt-en")
    await browser.open("/drift/tasks/journal")
    await expect(browser.page.locator("main")).to_contain_text("Hører ikke til her")


async def test_a_rebuild_is_followed_swapped_and_rolled_back_by_typing(visit):
    browser, here = await visit("drift"), HERE.format("agreements")
    await browser.page.click("a[href='/drift/agreements/genopbyg']")
    await confirm(browser, "forkert", "Nye regler")
    await expect(browser.page.locator("#error-summary")).to_be_focused()
    await look(browser, "rebuild-wrong")
    expect_refusal(browser, 422)
    await confirm(browser, "genopbyg", "Nye regler")
    await browser.page.wait_for_url("**/drift#genopbygning-agreements")

    await expect(browser.page.locator(f"{here} a[href$='/skift']")).to_be_visible()
    await expect(browser.page.locator(f"{here} .badge-success", has_text="Ens")).to_have_count(3)
    await look_in_both(browser, "operations-built")
    await browser.open("/drift/agreements/afbryd")
    await expect(browser.page.locator("main")).to_contain_text("Generation 2 kasseres")
    await look_in_both(browser, "abort")
    await browser.open("/drift")
    await browser.page.click(f"{here} a[href$='/skift']")
    await expect(browser.page.locator("main")).to_contain_text("0 kommuner ændrer status")
    await look_in_both(browser, "swap")
    await confirm(browser, "skift", "Kontrolsummerne er ens")
    await expect(browser.page.locator("main")).to_contain_text("Kontrolsummerne er ens")

    await browser.open("/drift")
    await browser.page.click(f"{here} a[href$='/gaa-tilbage']")
    await look_in_both(browser, "rollback")
    await confirm(browser, "gå tilbage", "Prøve af vejen tilbage")
    await expect(browser.page.locator("main")).to_contain_text("Prøve af vejen tilbage")
    await look_in_both(browser, "journal-written")


async def test_a_rebuild_is_built_and_aborted_by_keyboard_alone_without_script(visit):
    browser, here = await visit("drift", java_script_enabled=False), HERE.format("notifications")
    for deed, word in (("genopbyg", "genopbyg"), ("afbryd", "afbryd")):
        await browser.open("/drift")
        await tab_to(browser, "href", f"/drift/notifications/{deed}")
        await browser.page.keyboard.press("Enter")
        await browser.page.wait_for_url(f"**/{deed}")
        await tab_to(browser, "id", "field-word")
        await browser.page.keyboard.type(word)
        await tab_to(browser, "id", "field-reason")
        await browser.page.keyboard.type("Uden mus")
        await tab_to(browser, "type", "submit")
        await browser.page.keyboard.press("Enter")
        await browser.page.wait_for_url("**/drift#*" if deed == "genopbyg" else "**/journal")
        while deed == "genopbyg" and await browser.page.locator(f"{here} a[href$='/skift']").count() == 0:
            await browser.page.reload()
    await expect(browser.page.locator("main")).to_contain_text("Uden mus")


class Situation(NamedTuple):
    """A rebuild as its process left it: how it stands, how long it has been silent, and what the page says of it."""

    name: str
    state: State
    silent: int
    text: str


SITUATIONS = (
    Situation("running", State.RUNNING, -3_600_000, "412.380 af 606.412 hændelser (68 %)"),
    Situation("interrupted", State.RUNNING, SILENT_MS + 1_000, "Afbrudt undervejs"),
    Situation("failed", State.FAILED, 0, "Genopbygningen lykkedes ikke"),
)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.name)
async def test_each_state_of_a_rebuild_has_its_page(visit, world, situation):
    database, here = world.apps["tasks"].state.parts.database, HERE.format("tasks")
    await undertaken(database, situation)
    browser = await visit("drift")
    try:
        await expect(browser.page.locator(here)).to_contain_text(situation.text)
        await expect(browser.page.locator(f"{here} .badge-neutral")).to_have_count(3 * (situation.name == "running"))
        await look_in_both(browser, f"operations-{situation.name}")
    finally:
        await database.jobs.delete_one({"_id": "rebuild"})
        await database.rebuilds.delete_one({"_id": "rebuild"})
    await expect(browser.page.locator(here)).to_contain_text("Ingen genopbygning i gang.")


async def undertaken(database, situation: Situation) -> None:
    """Put a rebuild as far as the situation says."""
    half = Undertaking("half", "progress_8", Phase.FOLDING, {}, "2026-11-20T10:41:52.000000Z")
    await Undertakings(database).take(None, half)
    begun = await Jobs(database).begin(Kind.REBUILD, "drift", "Nye regler")
    heard = begun.beat - situation.silent
    read = begun._replace(step="reading", done=412_380, total=606_412, since=heard - 11_000, beat=heard)
    await Jobs(database).note(Kind.REBUILD, read._replace(state=situation.state, detail="It was in the way."))


async def test_what_a_verify_found_is_named_document_by_document(visit, world):
    database = world.apps["tasks"].state.parts.database
    fact = {"document": "browser-8b:0630", "kind": "missing_fact", "detail": "AgreementSent", "fact": None}
    found = {
        "agrees": False,
        "differing": 1,
        "collection": "progress_1",
        "differences": [fact | {"position": "tasks-3-7"}],
    }
    begun = await Jobs(database).begin(Kind.VERIFY, "drift", "Kontrol")
    await Jobs(database).note(Kind.VERIFY, begun._replace(state=State.DONE, result=found))
    browser, part = await visit("drift"), "#kontrol-tasks"
    try:
        await expect(browser.page.locator(part)).to_contain_text("1 dokument er ikke, som hændelserne siger.")
        await browser.page.click(f"{part} summary")
        await expect(browser.page.locator(part)).to_contain_text(
            "browser-8b:0630: missing fact tasks-3-7: AgreementSent"
        )
        await look_in_both(browser, "operations-differs")
    finally:
        await database.jobs.delete_one({"_id": "verify"})


async def test_a_service_that_is_away_leaves_drift_alive(visit, world):
    browser = await visit("drift")
    with away(world, "tasks"):
        await browser.open("/drift")
        await expect(browser.page.locator(HERE.format("tasks"))).to_contain_text("kan ikke hentes")
        await expect(browser.page.locator(HERE.format("agreements"))).to_contain_text("Ingen genopbygning i gang.")
        await look_in_both(browser, "operations-away")
