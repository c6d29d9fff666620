"""Overblik on running services: goal and result apart, every municipality in a row, each choice an address."""

import httpx
import pytest

from contracts.names import EventName
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
    figures = [page.text.split("kl-lead")[1].split("<form")[0] for page in (every, none)]
    assert figures[0] == figures[1]


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
