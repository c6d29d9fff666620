"""Kommunens side when something is in the way: a form that is wrong or late, a session that ends, a service away."""

import pytest
from playwright.async_api import expect
from starlette.responses import Response

from services.portal.visitors import Visitor
from tests.browser.situations import SIGNING
from tests.browser.test_accessibility import DESK, NARROW, PHONE, PICTURES
from tests.browser.test_overblik import away
from tests.integration.portal.test_sign_in import cookies_of, request_with

WIDE = 1_920
WHO, PAGE = f"kommune-behandl:{SIGNING}", f"/kommune/{SIGNING}"
SEND = "main form button[type=submit]"


async def look(browser, name, status=None):
    """See that a state is readable for all and no wider than the window, and keep its picture."""
    await browser.page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true; })")
    for width in (WIDE, DESK, PHONE, NARROW):
        await browser.page.set_viewport_size({"width": width, "height": 900})
        await browser.page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
        assert await browser.overflow() == 0
    for width in (DESK, PHONE):
        await browser.page.set_viewport_size({"width": width, "height": 900})
        assert await browser.violations() == []
    # A browser's console tells of every answer that is an error, which is what these are.
    browser.faults[:] = [fault for fault in browser.faults if str(status) not in fault]


async def test_a_form_that_lacks_something_says_what_and_has_the_focus_there(visit):
    browser = await visit(WHO)
    await browser.open(f"{PAGE}/afvis")
    await browser.page.evaluate("() => { document.querySelector('main form').noValidate = true; }")
    await browser.page.click(SEND)
    await expect(browser.page.locator("#error-summary")).to_be_focused()
    await look(browser, "state-wrong", 422)
    await browser.page.click("#error-summary a")
    await expect(browser.page.locator("#field-reason")).to_be_focused()


async def test_a_form_that_others_were_faster_than_shows_the_new_state_and_what_was_typed(visit):
    browser = await visit(WHO)
    await browser.open(f"{PAGE}/afvis")
    await browser.page.evaluate("() => { document.querySelector('[name=version]').value = 'older'; }")
    await browser.page.fill("#field-reason", "Forkert enhed")
    await browser.page.click(SEND)
    await expect(browser.page.locator("main")).to_contain_text("Forkert enhed")
    await look(browser, "state-changed", 412)


async def test_what_is_typed_when_the_session_ends_comes_back_after_signing_in(visit, world):
    browser = await visit(WHO)
    await browser.open(f"{PAGE}/afvis")
    await browser.page.fill("#field-reason", "Skrevet længe")
    await end_session(browser, world)
    await browser.page.click(SEND)
    await look(browser, "state-signed-out", 401)
    await browser.sign_in(WHO)
    await expect(browser.page.locator("#field-reason")).to_have_value("Skrevet længe")
    await look(browser, "state-go-on")


@pytest.mark.parametrize(
    ("service", "gone", "there"),
    [
        ("agreements", "agreement", "orientation"),
        ("tasks", "task", "agreement"),
        ("notifications", "information", "task"),
    ],
)
async def test_a_service_that_is_away_takes_its_tracks_along_and_no_other(visit, world, service, gone, there):
    browser = await visit(WHO)
    with away(world, service):
        await browser.open(PAGE)
        await expect(browser.page.locator(f"#spor-{gone} .alert-warning")).to_be_visible()
        await expect(browser.page.locator(f"#spor-{there} .kl-facts")).to_be_visible()
        await look(browser, f"state-away-{service}", 503)
        await browser.open("/hjaelp")  # the live line of the page that is left asks no more
    browser.faults[:] = [fault for fault in browser.faults if "503" not in fault]


async def test_nothing_moves_for_who_wants_no_motion(visit):
    browser = await visit(WHO, reduced_motion="reduce")
    moving = "each => parseFloat(getComputedStyle(each).transitionDuration) > 0"
    animated = "each => getComputedStyle(each).animationName !== 'none'"
    for what in (moving, animated):
        assert await browser.page.evaluate(f"() => [...document.querySelectorAll('*')].filter({what}).length") == 0


async def end_session(browser, world):
    """Make the session in the browser one whose token has expired."""
    sessions = world.app.state.parts.cookies.sessions
    cookies = {each["name"]: each["value"] for each in await browser.page.context.cookies(world.portal)}
    request, answer = request_with(cookies), Response()
    sessions.write(request, answer, Visitor.kept(sessions.read(request)).session() | {"expires": 1})
    ended = [{"name": name, "value": value, "url": world.portal} for name, value in cookies_of(answer)]
    await browser.page.context.add_cookies(ended)
