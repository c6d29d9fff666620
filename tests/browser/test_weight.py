"""How much the first visit to each page loads: as the browser gets it, compressed, fonts apart."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.places import PLACES

#: The largest first load that a page may have.
MOST_BYTES = 150_000
#: The page of each kind that holds the most, with what only a browser knows that it needs.
LARGEST = {"overview-eg": 'link[href*="overblik"]', "receiving": "#live.is-on", "operations": "main"}
ASSET = re.compile(r'(?:href|src)="(/static/[^"#]+)')


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_a_page_and_what_it_names_are_small(world, place):
    async with world.browser() as browser:
        if place.who:
            await browser.sign_in(place.who)
        page = await browser.open(place.path)
        assets = {each for each in ASSET.findall(page.text) if "/fonts/" not in each}
        answers = [page, *[(await browser.open(each)).raise_for_status() for each in assets]]

    assert len(assets) >= 3
    assert sum(each.num_bytes_downloaded for each in answers) <= MOST_BYTES


@pytest.mark.parametrize("name", LARGEST)
async def test_what_a_browser_loads_at_first_is_small(visit, name):
    place = next(each for each in PLACES if each.name == name)
    browser = await visit(place.who)
    context = await browser.page.context.browser.new_context(
        storage_state=await browser.page.context.storage_state(), base_url=browser.origin
    )
    page, asked = await context.new_page(), []
    page.on("requestfinished", lambda request: asked.append(request))  # noqa: PLW0108  no builtin listens
    await page.goto(place.path, wait_until="load")
    await expect(page.locator(LARGEST[name])).to_be_attached()
    sizes = [(each.url, (await each.sizes())["responseBodySize"]) for each in asked if each.resource_type != "font"]
    await context.close()
    assert any(url.endswith("all-svg-icons.svg") for url, _ in sizes)
    assert sum(size for _, size in sizes) <= MOST_BYTES, sizes
