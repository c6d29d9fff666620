"""The pages of each service's documents, in a real browser: whole with everything open, and no wider than a phone."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from playwright.async_api import expect

from services.chassis.web.pages import add_pages
from tests.browser.conftest import PATIENCE_MS
from tests.browser.pictures import NARROW, PHONE
from tests.browser.watched import Watched
from tests.contract.documents import SERVICES, kept
from tests.tokens import free_port, served

HEIGHT = 900


def documented(service: str) -> FastAPI:
    """Return the pages of a service over the documents that it is known to serve; it need not run for that."""
    app = FastAPI(title=f"klarmeld {service}", openapi_url=None, docs_url=None, redoc_url=None)
    add_pages(app, requests=lambda: kept(service, "openapi"), events=lambda: kept(service, "asyncapi"))
    return app


@pytest.fixture(params=SERVICES)
async def phone(request, chromium) -> AsyncIterator[Watched]:
    """Open a browser as wide as a phone before each service; afterwards nothing may have gone wrong in it."""
    async with served(documented(request.param), free_port()) as url:
        context = await chromium.new_context(base_url=url, viewport={"width": PHONE, "height": HEIGHT})
        context.set_default_timeout(PATIENCE_MS)
        watched = Watched(await context.new_page(), url)
        yield watched
        await context.close()
    assert watched.faults == []


async def overflows(phone: Watched) -> dict[int, int]:
    found = {}
    for width in (PHONE, NARROW):
        await phone.page.set_viewport_size({"width": width, "height": HEIGHT})
        found[width] = await phone.overflow()
    return found


async def test_every_operation_opened_is_no_wider_than_a_phone(phone):
    await phone.open("/docs")
    closed = phone.page.locator(".opblock")
    await closed.first.wait_for()
    await phone.page.evaluate(
        "() => document.querySelectorAll('.opblock-summary-control').forEach(each => each.click())"
    )
    await expect(phone.page.locator(".opblock-body .responses-table")).to_have_count(await closed.count())
    assert await overflows(phone) == {PHONE: 0, NARROW: 0}


async def test_every_message_opened_is_no_wider_than_a_phone(phone):
    await phone.open("/asyncapi")
    await phone.page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert await phone.page.locator("details[open]").count() > 0
    assert await overflows(phone) == {PHONE: 0, NARROW: 0}
