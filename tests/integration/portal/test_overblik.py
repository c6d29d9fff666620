"""Overblik on running services: goal and result apart, every municipality in a row, each choice an address."""

import re
from html import unescape

import httpx
import pytest

from contracts.names import EventName
from services.portal.overblik.choice import FIGURES
from tests.integration.portal.conftest import OWN, heading_of


@pytest.fixture
async def coordinator(browser, world):
    await world.tell(EventName.MunicipalityEnrolled, OWN, "overblik-enrolled")
    await browser.sign_in("koordinator")
    return browser


async def test_goal_and_result_are_two_figures(coordinator):
    page = await coordinator.open("/overblik")

    assert page.status_code == httpx.codes.OK
    assert heading_of(page) == "Overblik"
    assert page.text.count("<progress") == 2
    assert "Mål og resultat opgøres hver for sig." in page.text


async def test_a_municipality_is_a_row_that_leads_to_its_page(coordinator):
    page = await coordinator.open("/overblik?all=1")

    assert f'href="/kommune/{OWN}"' in page.text


async def test_a_filter_is_an_address_and_leaves_the_figures_as_they_are(coordinator):
    every = await coordinator.open("/overblik")
    none = await coordinator.open("/overblik?q=findes+ikke")

    assert f'href="/kommune/{OWN}"' not in none.text
    assert 'value="findes ikke"' in none.text
    figures = [
        re.sub(r"kl\. \d\d\.\d\d", "", page.text).split("kl-lead")[1].split("<form")[0] for page in (every, none)
    ]
    assert figures[0] == figures[1]


async def test_who_misses_the_goal_or_the_result_is_listed_by_page_map_and_spreadsheet_alike(coordinator):
    every = await coordinator.open("/overblik?all=1")
    told = {figure: re.search(rf'href="(/overblik\?{figure}=missing[^"]*)">(\d+) ', every.text) for figure in FIGURES}

    assert all(told.values())
    for figure, found in told.items():
        page = await coordinator.open(unescape(found[1]))
        rows = (await coordinator.open(f"/overblik.csv?{figure}=missing")).text.splitlines()[1:]
        assert page.text.count('<th role="rowheader"') == len(rows) == int(found[2])
        assert page.text.count('class="kl-tile s-') == len(rows)
        assert '<option value="missing" selected>' in page.text
        assert {each.split(";")[8 if figure == "goal" else 9] for each in rows} == {"no"}


async def test_the_map_and_the_table_lead_to_the_same_municipality(coordinator):
    page = await coordinator.open("/overblik?all=1")

    assert len(re.findall(r'<li class="c\d+ r\d+">', page.text)) == 98
    assert page.text.count(f'href="/kommune/{OWN}"') == 2


async def test_a_filter_applies_to_the_map_too_and_an_empty_choice_says_so(coordinator):
    page = await coordinator.open("/overblik?q=findes+ikke")

    assert "Ingen kommuner passer til valget." in page.text
    assert 'class="kl-tile s-' not in page.text


async def test_a_header_says_how_the_rows_are_ordered_and_orders_them(coordinator):
    page = await coordinator.open("/overblik?sort=name&order=desc&all=1")

    assert page.text.count("aria-sort=") == 1
    assert 'aria-sort="descending"' in page.text
    names = re.findall(r'<th role="rowheader" scope="row"><a href="[^"]+">([^<]+)</a>', page.text)
    assert names == sorted(names, reverse=True)


async def test_the_whole_lists_stand_behind_the_proofs(coordinator):
    page = await coordinator.open("/overblik/bevis")

    assert page.status_code == httpx.codes.OK
    assert "Ikke indkaldt til webinaret" in page.text


async def test_two_moments_stand_beside_each_other_with_who_moved(coordinator):
    page = await coordinator.open("/overblik/tidligere?fra=01.01.2020")

    assert "Intet kan ændres her." in page.text
    assert "Der var ingen hændelser før dette tidspunkt." in page.text
    assert f'<a href="/kommune/{OWN}">' in page.text


async def test_a_moment_is_also_what_was_known_then(coordinator):
    page = await coordinator.open("/overblik/tidligere?fra=01.01.2030&fra_kendt=01.01.2020")

    assert "som kendt" in page.text
    assert "Der var ingen hændelser før dette tidspunkt." in page.text
    assert f'<a href="/kommune/{OWN}">' in page.text


@pytest.mark.parametrize("field", ["fra", "fra_kendt", "til", "til_kendt"])
async def test_what_is_no_time_is_told_beside_its_field(coordinator, field):
    page = await coordinator.open(f"/overblik/tidligere?{field}=snart")

    assert page.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert f'id="field-{field}-error"' in page.text


async def test_a_filter_leaves_tiles_out_without_saying_that_they_take_no_part(coordinator):
    page = await coordinator.open("/overblik?stage=receiving")

    assert page.text.count("Vejle Kommune: ikke med i det valgte") == 1
    assert "Aabenraa Kommune: ikke med" not in page.text


async def test_the_stream_says_the_figures_that_the_page_carries(coordinator):
    page = await coordinator.open("/overblik")
    carried = re.search(r'data-version="([0-9a-f]+)"', page.text)[1]

    async with coordinator.client.stream("GET", "/overblik/stream") as answer:
        told = [line async for line in until_data(answer.aiter_lines())]

    assert told[-1] == f"data: {carried}"


async def until_data(lines):
    async for line in lines:
        yield line
        if line.startswith("data: "):
            return


async def test_a_service_that_is_away_is_named_and_another_one_tells(coordinator, world, monkeypatch):
    addresses = world.app.state.parts.backend.addresses
    monkeypatch.setattr(addresses, "tasks", "http://127.0.0.1:9")
    page = await coordinator.open("/overblik?all=1")
    monkeypatch.setattr(addresses, "notifications", "http://127.0.0.1:9")
    less = await coordinator.open("/overblik?all=1")

    assert "Intet svar lige nu fra tasks." in page.text
    assert "Intet svar lige nu fra tasks og notifications." in less.text
    assert "Ét webinar for alle: kan ikke hentes lige nu" in less.text
    assert all(f'href="/kommune/{OWN}"' in each.text for each in (page, less))


@pytest.mark.parametrize("path", ["/overblik", "/overblik.csv"])
async def test_a_text_that_is_too_long_is_no_address(coordinator, path):
    assert (await coordinator.open(f"{path}?q={'x' * 101}")).status_code == httpx.codes.NOT_FOUND


async def test_what_is_no_choice_is_left_out(coordinator):
    page = await coordinator.open("/overblik?stage=%3Cscript%3E&older_than=x")

    assert page.status_code == httpx.codes.OK
    assert "<script>" not in page.text


async def test_the_same_rows_are_a_file_for_excel(coordinator):
    answer = await coordinator.open(f"/overblik.csv?q={OWN}")

    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert 'attachment; filename="klarmeld-' in answer.headers["Content-Disposition"]
    assert len(answer.text.strip().splitlines()) == 2


@pytest.mark.parametrize("who", ["kommune-behandl:0630", "drift"])
async def test_nobody_else_opens_it(browser, who):
    await browser.sign_in(who)

    assert (await browser.open("/overblik")).status_code in {httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND}


async def test_it_speaks_english_too(coordinator):
    page = await coordinator.open("/overblik?lang=en")

    assert "Goal and result are counted separately." in page.text
