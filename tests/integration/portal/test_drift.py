"""Drift on running services: what was set aside is looked at, tried, tried again and discarded, each with a receipt."""

import asyncio
import re
import signal
import sys
from html import unescape
from urllib.parse import urlencode

import httpx
import pytest

from contracts import codec
from contracts.examples import EXAMPLES
from contracts.names import EventName
from services.chassis.outward.ledger_entry import Fate
from services.portal.catalogue import Language, text
from tests.integration.portal.conftest import FOREIGN, OWN, form_of, heading_of, noted
from tests.integration.portal.test_sign_in import end_session
from tests.stack import REPOSITORY

TOPIC = "klarmeld.tasks"


@pytest.fixture
async def operator(browser):
    await browser.sign_in("drift")
    return browser


async def parked(world, name: EventName, value: bytes) -> str:
    """Put a record that can't be a fact onto the log, wait until it is set aside, and return its group's address."""
    message = codec.encode(EXAMPLES[name])._replace(value=value)
    [position] = await world.publisher.publish([message])
    async with httpx.AsyncClient(timeout=60, headers=world.issuer.bearer("drift")) as client:
        while True:
            items = (await client.get(f"{world.urls['tasks']}/v1/admin/parked")).json()["items"]
            mine = [each for each in items if each["id"] == str(position)]
            if mine:
                break
            await asyncio.sleep(0.1)
    [item] = mine
    return urlencode({name: item[name] for name in ("reason", "topic", "type")})


async def test_operations_see_each_service_with_its_generation_and_its_lag(operator):
    page = await operator.open("/drift")
    assert page.status_code == httpx.codes.OK
    assert heading_of(page) == "Drift"
    for name in ("agreements", "notifications", "tasks"):
        assert f'role="rowheader">{name}</th>' in page.text
        assert f"klarmeld verify {name}" in page.text
    assert "Generation 1: aktiv" in page.text
    assert "Svarer ikke" not in page.text


async def test_drift_speaks_english_too(operator):
    page = await operator.open("/drift?lang=en")
    assert "Live generation" in page.text
    assert heading_of(page) == "Operations"


@pytest.mark.parametrize("who", ["kommune-behandl:0630", "koordinator", "eg"])
async def test_nobody_but_operations_opens_drift(browser, who):
    await browser.sign_in(who)
    for path in ("/drift", "/drift/tasks/journal", "/drift/tasks/parkeret?reason=schema&topic=klarmeld.tasks"):
        assert (await browser.open(path)).status_code == httpx.codes.FORBIDDEN


async def test_an_earlier_moment_stands_beside_now(world, operator):
    stage, theirs = [await stage_of(world, code) for code in (OWN, FOREIGN)]
    before = await operator.open(f"/drift/tidligere?kommune={OWN}&gjaldt=01.01.2020")
    assert before.status_code == httpx.codes.OK
    assert f'<th scope="row">{stage}</th><td>0</td><td>1</td>' in before.text
    everyone = await operator.open("/drift/tidligere?gjaldt=01.01.2020+12.00&kendt=01.01.2030")
    assert f'<th scope="row">{stage}</th><td>0</td><td>{1 + (stage == theirs)}</td>' in everyone.text


async def test_a_deed_that_is_confirmed_after_the_session_ended_is_kept_with_the_group_it_is_about(world, operator):
    group = await parked(world, EventName.TaskAssigned, b"{}")
    action = f"/drift/tasks/kasser?{group}"
    form = form_of(_plain(await operator.open(action)), action)
    end_session(world, operator)
    told = await operator.send(form, reason="Skrevet før sessionen udløb")
    again = await operator.sign_in("drift")
    done = await operator.send(form_of(_plain(again), action), reason="Skrevet før sessionen udløb")
    assert told.status_code == httpx.codes.UNAUTHORIZED
    assert "Skrevet før sessionen udløb" in again.text
    assert heading_of(done) == "Kvittering"


async def test_the_form_of_an_earlier_moment_stands_on_the_first_page_too(operator):
    page = await operator.open("/drift")
    form = re.search(r'<form method="get" action="/drift/tidligere".*?</form>', page.text, re.DOTALL)[0]
    assert re.findall(r'name="(\w+)"', form) == ["kommune", "gjaldt", "kendt"]
    assert form.count("<option") == 99


async def stage_of(world, code: str) -> str:
    """Return a municipality's stage in words: the tests beside these move it on."""
    path = f"/v1/rollouts/{world.rollout}/municipalities/{code}"
    async with httpx.AsyncClient(timeout=60, headers=world.issuer.bearer("koordinator")) as client:
        view = (await client.get(world.urls["tasks"] + path)).json()
    return text(Language.DANISH, f"stage.{view['progress']['stage']}.title")


async def test_what_is_no_time_is_told_beside_its_field(operator):
    page = await operator.open("/drift/tidligere?gjaldt=snart")
    assert page.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert 'id="field-gjaldt-error"' in page.text


async def test_a_parked_record_is_shown_with_its_headers_bytes_and_pointers(world, operator):
    group = await parked(world, EventName.TaskReopened, b'{"reason": 7, "seen": "here"}')
    page = unescape((await operator.open(f"/drift/tasks/parkeret?{group}")).text)
    assert '{"reason": 7, "seen": "here"}' in page
    assert '<code dir="auto">/reason</code>' in page
    assert '<code dir="auto">ce_type</code>' in page


async def test_what_is_not_text_is_shown_as_hex(world, operator):
    group = await parked(world, EventName.TaskCompleted, b"\xff\xfe\x00")
    assert "ff fe 00" in (await operator.open(f"/drift/tasks/parkeret?{group}")).text


async def test_a_dry_run_changes_nothing_and_leads_to_a_confirmation(world, operator):
    group = await parked(world, EventName.LocalItemAdded, b"{}")
    page = await operator.open(f"/drift/tasks/proevekoer?{group}")
    assert "fejler igen" in page.text
    assert f"/drift/tasks/koer-igen?{group}" in unescape(page.text)
    assert "Ingen parkerede" not in (await operator.open(f"/drift/tasks/parkeret?{group}")).text


async def test_a_redrive_needs_the_word_and_a_reason_and_leaves_a_receipt(world, operator):
    group = await parked(world, EventName.LocalItemClosed, b"{}")
    asked = await operator.open(f"/drift/tasks/koer-igen?{group}")
    action = f"/drift/tasks/koer-igen?{group}"
    form = form_of(_plain(asked), action)
    refused = await operator.send(form, word="ja", reason="")
    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert 'href="#field-word"' in refused.text
    done = await operator.send(form_of(_plain(refused), action), word="kør igen", reason="Skemaet er rettet")
    assert "0 behandlet, 0 kendt i forvejen, 1 parkeret igen" in done.text
    journal = (await operator.open("/drift/tasks/journal")).text
    assert "Skemaet er rettet" in journal
    assert "Kæden holder" in journal


async def test_what_was_discarded_is_gone_from_the_list_and_the_form_does_it_once(world, operator):
    group = await parked(world, EventName.TaskAssigned, b"{}")
    action = f"/drift/tasks/kasser?{group}"
    form = form_of(_plain(await operator.open(action)), action)
    done = await operator.send(form, reason="Prøve fra leverandøren")
    assert "1 hændelse er kasseret" in done.text
    assert "Ingen parkerede hændelser" in (await operator.open(f"/drift/tasks/parkeret?{group}")).text
    assert (await operator.send(form, reason="Igen")).status_code == httpx.codes.CONFLICT


async def test_a_form_of_another_page_discards_nothing(world, operator):
    group = await parked(world, EventName.TaskCardPublished, b"{}")
    action = f"/drift/tasks/kasser?{group}"
    form = form_of(_plain(await operator.open(action)), action)
    assert (await operator.send(form, csrf="foreign", reason="x")).status_code == httpx.codes.FORBIDDEN
    assert "Ingen parkerede" not in (await operator.open(f"/drift/tasks/parkeret?{group}")).text


async def test_a_notice_whose_outcome_nobody_knows_is_resolved_with_a_reason(world, operator):
    key = "7c1f9a52d8be4c0f8a3b6a1e5d2f4c90"
    path = f"/drift/beskeder/{key}"
    await noted(world, OWN, Fate.UNKNOWN, key)
    assert path in (await operator.open("/drift")).text
    form = form_of(await operator.open(path), path)
    assert (await operator.send(form, verdict="sent")).status_code == httpx.codes.UNPROCESSABLE_ENTITY
    after = await operator.send(form, verdict="sent", reason="Set i postkassen")
    assert after.url.path == "/drift"
    assert path not in after.text
    assert (await operator.open(path)).status_code == httpx.codes.NOT_FOUND


def _plain(page: httpx.Response) -> httpx.Response:
    """Return the page with the addresses of its forms as a browser reads them."""
    return httpx.Response(page.status_code, text=page.text.replace("&amp;", "&"))


def _deed(service: str, name: str) -> str:
    return f"/drift/{service}/{name}"


async def shows(operator, service: str, text: str) -> str:
    """Load Drift again until the part of this service says so, and return that part."""
    while True:
        page = unescape((await operator.open("/drift")).text)
        part = page.partition(f'id="genopbygning-{service}"')[2].partition("</section>")[0]
        if text in part:
            return part
        await asyncio.sleep(0.1)


async def test_a_verify_is_started_by_a_button_and_its_result_is_read_by_loading_again(operator):
    form = form_of(await operator.open("/drift"), _deed("tasks", "kontroller"))
    started = await operator.send(form)
    assert started.url.fragment == "genopbygning-tasks"
    part = await shows(operator, "tasks", "Kontrolleret")
    assert "Ens: " in part


async def test_a_rebuild_is_planned_confirmed_by_a_word_swapped_and_rolled_back(operator):
    deed = _deed("agreements", "genopbyg")
    asked = await operator.open(deed)
    assert heading_of(asked) == "Genopbyg agreements?"
    assert "hændelser læses" in asked.text
    refused = await operator.send(form_of(asked, deed), word="ja", reason="")
    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert 'href="#field-word"' in refused.text
    await operator.send(form_of(refused, deed), word="genopbyg", reason="Prøve")
    part = await shows(operator, "agreements", "venter på, at I skifter")
    assert part.count("Ens</span>") == 3
    swap = _deed("agreements", "skift")
    asked = await operator.open(swap)
    assert "0 kommuner ændrer status" in asked.text
    done = await operator.send(form_of(asked, swap), word="skift", reason="Ens kontrolsummer")
    assert done.url.path == "/drift/agreements/journal"
    assert "Ens kontrolsummer" in done.text
    back = _deed("agreements", "gaa-tilbage")
    done = await operator.send(form_of(await operator.open(back), back), word="gå tilbage", reason="Tilbage igen")
    assert "Tilbage igen" in done.text
    assert (await operator.open(swap)).status_code == httpx.codes.CONFLICT


async def test_a_rebuild_that_waits_is_aborted_and_leaves_the_live_one(operator):
    deed, abort = _deed("notifications", "genopbyg"), _deed("notifications", "afbryd")
    await operator.send(form_of(await operator.open(deed), deed), word="genopbyg", reason="Prøve")
    await shows(operator, "notifications", "venter på, at I skifter")
    done = await operator.send(form_of(await operator.open(abort), abort), word="afbryd", reason="Fortrudt")
    assert "Fortrudt" in done.text
    assert "Ingen genopbygning i gang." in await shows(operator, "notifications", "Generation 1: aktiv")


async def test_a_rebuild_that_was_killed_on_the_command_line_is_interrupted_here_and_finished_from_here(
    world, operator, stack
):
    deed, abort = _deed("agreements", "genopbyg"), _deed("agreements", "afbryd")
    database = world.apps["agreements"].state.parts.database.name
    own = ("agreements", database.replace("_", "-"), database)
    command = (sys.executable, "-m", "tests.faults.crashing_rebuild", *own, stack.bootstrap, stack.mongo_uri)
    killed = await asyncio.create_subprocess_exec(*command, "after_follow", cwd=REPOSITORY)
    assert await killed.wait() == -signal.SIGKILL

    await shows(operator, "agreements", "Afbrudt undervejs")
    await operator.send(form_of(await operator.open(deed), deed), word="genopbyg", reason="Den blev dræbt")
    await shows(operator, "agreements", "venter på, at I skifter")
    done = await operator.send(form_of(await operator.open(abort), abort), word="afbryd", reason="Prøve")
    assert "Prøve" in done.text


@pytest.mark.parametrize("name", ["genopbyg", "skift", "gaa-tilbage", "afbryd"])
async def test_nobody_but_operations_opens_a_confirmation(browser, name):
    await browser.sign_in("koordinator")
    assert (await browser.open(_deed("tasks", name))).status_code == httpx.codes.FORBIDDEN
