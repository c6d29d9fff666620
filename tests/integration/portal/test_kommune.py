"""Kommunens side on running services, without script: what it shows, what it can do, and whose it is."""

import asyncio
import contextlib
import re

import httpx
import pytest

from contracts.access import PAGES
from contracts.names import EventName
from tests.integration.portal.conftest import FOREIGN, OWN, form_of, heading_of

PAGE = f"/kommune/{OWN}"
ACTS, READS, STRANGER = f"kommune-behandl:{OWN}", f"kommune-laes:{OWN}", f"kommune-behandl:{FOREIGN}"


VALUES = {
    "turn", "orientation", "agreement", "information", "forwarding", "task", "goal", "result", "webinar", "card",
}  # fmt: skip


async def test_every_value_says_why_it_says_that(browser):
    page = await browser.sign_in(READS)
    told = dict(re.findall(r'id="hvorfor-([a-z]+)">(.*?)</details>', page.text, re.DOTALL))
    assert told.keys() >= VALUES
    assert "Serviceaftale sendt til underskrift" in told["turn"]
    assert "Indkaldt til webinar" in told["webinar"]
    assert "Opgavekortet er udgivet" in told["card"]
    assert "Koordinator" in told["card"]


async def test_who_has_no_part_in_it_is_told_so_and_why_and_is_shown_no_tracks(browser):
    page = await browser.sign_in("kommune-behandl:0101")
    assert "Opgaven gælder ikke jer" in page.text
    assert "Kommunen er ikke registreret som bruger af ØS Indsigt." in page.text
    assert "kl-track" not in page.text
    assert 'action="/kommune' not in page.text


async def test_the_page_shows_turn_tracks_history_and_card(browser):
    page = await browser.sign_in(READS)
    for text in ("Vejle Kommune", "De fem spor", "Orientering", "Videresendelse på EAN", "Historik", "Opgavekort"):
        assert text in page.text
    assert "I skal IKKE kontakte Ejerkredsen / EG" in page.text


async def test_the_english_page_keeps_the_card_in_danish(browser):
    await browser.sign_in(READS)
    page = await browser.open(f"{PAGE}?lang=en")
    assert "The five tracks" in page.text
    assert '<dl lang="da">' in page.text


async def test_who_only_reads_is_offered_no_action_and_may_do_none(browser):
    page = await browser.sign_in(READS)
    assert "/underskriv" not in page.text
    assert page.text.count("<form") == 1
    assert (await browser.open(f"{PAGE}/underskriv")).status_code == httpx.codes.FORBIDDEN


async def test_a_coordinator_sees_every_municipality(browser):
    await browser.sign_in("koordinator")
    assert "Holstebro" in (await browser.open(f"/kommune/{FOREIGN}")).text


OF_A_MUNICIPALITY = [(method, path) for method, path in PAGES if path.startswith("/kommune/{code}")]


@pytest.mark.parametrize(("method", "path"), OF_A_MUNICIPALITY, ids=lambda value: value)
async def test_a_foreign_municipality_is_the_same_page_as_an_unknown_one(browser, method, path):
    page = await browser.sign_in(STRANGER)
    form = form_of(page, "/log-af").fields

    async def answered(code):
        address = path.format(code=code, role="aftaleadministrator")
        data = form if method == "POST" else None
        return await browser.client.request(method, address, data=data, headers={"Accept": "text/html"})

    foreign, unknown, absent = await answered(OWN), await answered("9999"), await browser.open("/no-such-page")
    assert foreign.status_code == httpx.codes.NOT_FOUND
    assert foreign.content == unknown.content == absent.content


async def test_a_role_is_oriented_on_a_page_of_its_own(browser):
    await browser.sign_in(ACTS)
    confirmation = await browser.open(f"{PAGE}/orienter/oekonomiafdeling")
    assert "økonomiafdeling er orienteret?" in heading_of(confirmation)
    done = await browser.send(form_of(confirmation, f"{PAGE}/orienter"))
    assert done.url.path == PAGE
    assert "Økonomiafdeling er orienteret" in done.text.replace("økonomiafdeling", "Økonomiafdeling")
    assert (await browser.open(f"{PAGE}/orienter/oekonomiafdeling")).status_code == httpx.codes.NOT_FOUND


async def test_the_task_is_completed_once_the_relevant_know_and_reopened_with_a_reason(browser):
    await browser.sign_in(STRANGER)
    page = f"/kommune/{FOREIGN}"
    assert (await browser.open(f"{page}/fuldfoer")).status_code == httpx.codes.NOT_FOUND
    for role in ("aftaleadministrator", "erp_dialog"):
        await browser.send(form_of(await browser.open(f"{page}/orienter/{role}"), f"{page}/orienter"))
    form = form_of(await browser.open(f"{page}/fuldfoer"), f"{page}/fuldfoer")
    assert "Fuldført" in (await browser.send(form, by_role="kp_systemansvarlig")).text
    form = form_of(await browser.open(f"{page}/genaabn"), f"{page}/genaabn")
    empty = await browser.send(form, by_role="kp_systemansvarlig", reason=" ")
    assert empty.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert 'href="#field-reason"' in empty.text
    reopened = await browser.send(form_of(empty, f"{page}/genaabn"), by_role="kp_systemansvarlig", reason="Ny kollega")
    assert "Begrundelse: <bdi>Ny kollega</bdi>" in reopened.text


async def test_the_agreement_is_signed_as_it_was_shown(browser, world):
    await browser.sign_in(ACTS)
    confirmation = await browser.open(f"{PAGE}/underskriv")
    form = form_of(confirmation, f"{PAGE}/underskriv")
    assert form.fields["agreement_id"] == f"A-{OWN}"
    wrong = await browser.send(form, document="0" * 64)
    assert wrong.status_code == httpx.codes.PRECONDITION_FAILED
    signed = await browser.send(form)
    assert signed.url.path == PAGE
    assert "Underskrevet" in signed.text
    assert (await browser.send(form)).status_code == httpx.codes.PRECONDITION_FAILED


async def test_a_form_that_is_sent_twice_says_one_thing(browser):
    page = await browser.sign_in(ACTS)
    form = form_of(page, f"{PAGE}/lokale-punkter")
    first = await browser.send(form, text="Afklar EAN")
    again = await browser.send(form, text="Afklar EAN")
    assert "Afklar EAN" in first.text
    assert heading_of(again) == "Status er ændret i mellemtiden"
    assert "Afklar EAN" in again.text


async def test_an_item_of_its_own_is_closed(browser):
    page = await browser.sign_in(ACTS)
    added = await browser.send(form_of(page, f"{PAGE}/lokale-punkter"), text="Luk mig")
    closed = await browser.send(form_of(added, f"{PAGE}/lokale-punkter/luk"))
    assert "(lukket)" in closed.text


async def test_a_form_without_a_version_is_not_carried_out(browser):
    page = await browser.sign_in(ACTS)
    answer = await browser.send(form_of(page, f"{PAGE}/lokale-punkter"), text="x", version="")
    assert answer.status_code == httpx.codes.PRECONDITION_REQUIRED


async def test_a_form_without_the_sessions_token_is_not_carried_out(browser):
    page = await browser.sign_in(ACTS)
    answer = await browser.send(form_of(page, f"{PAGE}/lokale-punkter"), text="Fra en anden side", csrf="")
    assert answer.status_code == httpx.codes.FORBIDDEN
    assert "Fra en anden side" not in (await browser.open(PAGE)).text


async def test_the_webinar_is_answered_and_put_into_a_calendar(browser):
    page = await browser.sign_in(ACTS)
    answered = await browser.send(form_of(page, f"{PAGE}/webinar"), partstat="tentative")
    assert "Måske til webinar" in answered.text
    calendar = await browser.open(f"{PAGE}/webinar.ics")
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert calendar.text.startswith("BEGIN:VCALENDAR")


async def test_messages_have_a_page_of_their_own(browser):
    await browser.sign_in(READS)
    page = await browser.open(f"{PAGE}/beskeder")
    assert page.status_code == httpx.codes.OK
    assert heading_of(page) == "Beskeder"


async def test_messages_that_were_sent_stand_in_the_whole_history_and_leave_the_short_one_to_the_rest(browser, world):
    data = {"notification_key": "short", "reason": "no_contact"}
    await world.tell(EventName.NotificationSuppressed, OWN, "short-history", **data)
    page = await browser.sign_in(READS)
    short = page.text.split('id="historik"')[1].split("</section>")[0]
    whole = (await browser.open(f"{PAGE}/historik")).text
    assert [("ingen adresse under Kontakter" in each) for each in (short, whole)] == [False, True]
    assert "Serviceaftale sendt til underskrift" in short


async def test_the_guidance_is_marked_as_read(browser):
    page = await browser.sign_in(ACTS)
    read = await browser.send(form_of(page, f"{PAGE}/vejledning"))
    assert "Vejledning læst" in read.text


async def test_hostile_text_is_shown_as_text(browser, world):
    text = "<script>alert(1)</script> \u202eRTL {date} " + "x" * 1_900
    await world.tell(EventName.LocalItemAdded, OWN, "hostile", item_id="L-hostile", text=text)
    page = await browser.sign_in(READS)
    assert "<script>alert(1)" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


async def test_no_code_of_another_municipality_is_on_the_page_or_in_its_history(browser, world):
    await world.tell(EventName.AgreementBatchDispatched, None, "dispatch", roster=(OWN, FOREIGN))
    await browser.sign_in(READS)
    for path in (PAGE, f"{PAGE}/historik"):
        page = await browser.open(path)
        assert FOREIGN not in page.text
        assert "Holstebro" not in page.text
    assert "til 2 kommuner på én gang" in page.text


async def test_a_change_is_told_on_the_stream_that_the_page_listens_to(browser, world):
    page = await browser.sign_in(READS)
    shown = page.text.split('data-version="')[1].split('"')[0]
    async with browser.client.stream("GET", f"{PAGE}/stream") as stream:
        lines = stream.aiter_lines()
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert await told(lines) == shown
        await world.tell(EventName.AgreementViewed, OWN, "stream-1", agreement_id=f"A-{OWN}")
        assert await told(lines) != shown


async def told(lines):
    async for line in lines:
        if line.startswith("data: "):
            return line.removeprefix("data: ")
    raise EOFError


@contextlib.contextmanager
def away(world, *names):
    """Let services be where nobody listens."""
    addresses = world.app.state.parts.settings.services
    kept = {name: getattr(addresses, name) for name in names}
    for name in names:
        object.__setattr__(addresses, name, "http://127.0.0.1:9")
    try:
        yield
    finally:
        for name, url in kept.items():
            object.__setattr__(addresses, name, url)


async def test_a_service_that_is_away_takes_its_own_tracks_along_and_no_others(browser, world):
    await browser.sign_in(READS)
    with away(world, "agreements"):
        page = await browser.open(PAGE)
    assert page.status_code == httpx.codes.OK
    assert page.text.count("Status kan ikke hentes lige nu") == 2
    assert "De relevante" in page.text or "orienteret" in page.text


async def test_the_page_lives_while_the_service_that_knows_all_tracks_is_away(browser, world):
    await browser.sign_in(READS)
    with away(world, "tasks"):
        page = await browser.open(PAGE)
    assert page.status_code == httpx.codes.OK
    assert "Serviceaftale" in page.text
    assert 'action="/kommune' not in page.text


async def test_a_command_to_a_service_that_is_away_is_told_and_not_lost_silently(browser, world):
    page = await browser.sign_in(ACTS)
    form = form_of(page, f"{PAGE}/lokale-punkter")
    with away(world, "tasks"):
        answer = await browser.send(form, text="x")
    assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert answer.headers["retry-after"] == "5"


async def test_a_first_visit_is_small(browser):
    await browser.sign_in(READS)
    page = await browser.open(PAGE, **{"Accept-Encoding": "gzip"})
    files = [part.split('"')[0] for part in page.text.split('href="')[1:] if part.startswith("/static/")]
    files += [part.split('"')[0] for part in page.text.split('src="')[1:] if part.startswith("/static/")]
    loaded = {each.split("#")[0] for each in files if ".woff" not in each}
    sizes = await asyncio.gather(*(size_of(browser, each) for each in [PAGE, *loaded]))
    assert sum(sizes) <= 150_000


async def size_of(browser, path):
    headers = {"Accept": "text/html", "Accept-Encoding": "gzip"}
    async with browser.client.stream("GET", path, headers=headers) as answer:
        assert answer.status_code == httpx.codes.OK
        return sum([len(piece) async for piece in answer.aiter_raw()])


async def test_an_address_is_kept_for_a_role_seen_by_who_acts_alone_and_erased(browser, world):
    await browser.sign_in(ACTS)
    path = f"{PAGE}/kontakter"
    form = form_of(await browser.open(path), path)
    saved = await browser.send(form, address="faelles@vejle.example", language="da")
    assert 'value="faelles@vejle.example"' in saved.text
    assert "faelles@vejle.example" not in (await browser.open(PAGE)).text
    async with world.browser() as reader:
        await reader.sign_in(READS)
        assert (await reader.open(path)).status_code == httpx.codes.FORBIDDEN
    erased = await browser.send(form, erase="1")
    assert "faelles@vejle.example" not in erased.text


async def test_an_address_that_is_none_is_marked_and_kept_in_the_field(browser):
    await browser.sign_in(ACTS)
    path = f"{PAGE}/kontakter"
    answer = await browser.send(form_of(await browser.open(path), path), address="ikke en adresse", language="da")
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert 'value="ikke en adresse"' in answer.text
    assert 'aria-invalid="true"' in answer.text
