"""Kommunens side when something is in the way: a form that is wrong or late, a session that ends, a service away."""

import pytest
from playwright.async_api import expect
from starlette.responses import Response

from services.portal.visitors import Visitor
from tests.browser.pictures import DESK, NARROW, PHONE, WIDE, expect_refusal, look, speak
from tests.browser.situations import SIGNING
from tests.browser.test_overblik import away
from tests.integration.portal.test_sign_in import cookies_of, request_with

ALL = (WIDE, DESK, PHONE, NARROW)
both = pytest.mark.parametrize("language", ["da", "en"])
WHO, PAGE = f"kommune-behandl:{SIGNING}", f"/kommune/{SIGNING}"
SEND = "main form button[type=submit]"


@both
async def test_a_form_that_lacks_something_says_what_and_has_the_focus_there(visit, language):
    browser = await spoken(visit, language)
    await browser.open(f"{PAGE}/afvis")
    await browser.page.evaluate("() => { document.querySelector('main form').noValidate = true; }")
    await browser.page.click(SEND)
    await expect(browser.page.locator("#error-summary")).to_be_focused()
    await look(browser, f"state-wrong-{language}", widths=ALL)
    expect_refusal(browser, 422)
    await browser.page.click("#error-summary a")
    await expect(browser.page.locator("#field-reason")).to_be_focused()


@both
async def test_an_address_that_is_none_is_marked_and_what_was_typed_is_kept(visit, language):
    browser = await spoken(visit, language)
    await browser.open(f"{PAGE}/kontakter")
    form = browser.page.locator("#rolle-kp_systemansvarlig")
    await form.locator("input[name=address]").fill("ingen adresse")
    await form.locator("button.button-secondary").click()
    await expect(browser.page.locator("#address-kp_systemansvarlig[aria-invalid]")).to_have_value("ingen adresse")
    await look(browser, f"contacts-wrong-{language}")
    expect_refusal(browser, 422)


@both
async def test_a_form_that_others_were_faster_than_shows_the_new_state_and_what_was_typed(visit, language):
    browser = await spoken(visit, language)
    await browser.open(f"{PAGE}/afvis")
    await browser.page.evaluate("() => { document.querySelector('[name=version]').value = 'older'; }")
    await browser.page.fill("#field-reason", "Forkert enhed")
    await browser.page.click(SEND)
    await expect(browser.page.locator("main")).to_contain_text("Forkert enhed")
    await look(browser, f"state-changed-{language}", widths=ALL)
    expect_refusal(browser, 412)


@both
async def test_what_is_typed_when_the_session_ends_comes_back_after_signing_in(visit, world, language):
    browser = await spoken(visit, language)
    await browser.open(f"{PAGE}/afvis")
    await browser.page.fill("#field-reason", "Skrevet længe")
    await end_session(browser, world)
    await browser.page.click(SEND)
    await look(browser, f"state-signed-out-{language}", widths=ALL)
    expect_refusal(browser, 401)
    await browser.sign_in(WHO)
    await expect(browser.page.locator("#field-reason")).to_have_value("Skrevet længe")
    await look(browser, f"state-go-on-{language}", widths=ALL)


@both
@pytest.mark.parametrize(
    ("service", "gone", "there"),
    [
        ("agreements", "agreement", "orientation"),
        ("tasks", "task", "agreement"),
        ("notifications", "information", "task"),
    ],
)
async def test_a_service_that_is_away_takes_its_tracks_along_and_no_other(  # noqa: PLR0917
    visit, world, service, gone, there, language
):
    browser = await spoken(visit, language)
    with away(world, service):
        await browser.open(PAGE)
        await expect(browser.page.locator(f"#spor-{gone} .alert-warning")).to_be_visible()
        await expect(browser.page.locator(f"#spor-{there} .kl-facts")).to_be_visible()
        await look(browser, f"state-away-{service}-{language}", widths=ALL)
        await browser.open("/hjaelp")  # the live line of the page that is left asks no more
    expect_refusal(browser, 503)


@both
@pytest.mark.parametrize(
    ("status", "path", "who"),
    [(403, "/drift", WHO), (404, "/findes-ikke", None), (503, f"{PAGE}/historik", WHO)],
)
async def test_each_refusal_has_a_page_that_leads_on(visit, world, status, path, who, language):  # noqa: PLR0917
    browser = await spoken(visit, language, who)
    with away(world, "tasks"):
        answer = await browser.page.goto(path)
        assert answer.status == status
        await expect(browser.page.locator("main a[href='/']")).to_be_visible()
        await look(browser, f"error-{status}-{language}")
    expect_refusal(browser, status)


@both
async def test_what_nobody_foresaw_has_a_page_with_an_id_to_tell(visit, world, monkeypatch, language):
    browser = await spoken(visit, language)

    async def break_down(*_args, **_more):
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(type(world.app.state.parts.backend), "get", break_down)
    assert (await browser.page.goto(f"{PAGE}/historik")).status == 500
    await look(browser, f"error-500-{language}")
    expect_refusal(browser, 500)


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


async def spoken(visit, language, who=WHO):
    """Open a browser in one of the languages."""
    browser = await visit(who)
    await speak(browser, language)
    return browser
