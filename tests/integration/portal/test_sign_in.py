"""Signing in at the issuer, what the session opens, and what happens when it ends."""

import re

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import Response
from structlog.testing import capture_logs

from services.portal.visitors import Visitor
from tests.integration.portal.conftest import FOREIGN, OWN, form_of, heading_of

PAGE = f"/kommune/{OWN}"


async def test_who_is_sent_to_sign_in_comes_back_to_the_page_they_wanted(browser):
    asked = await browser.open(f"{PAGE}/historik")
    assert "Hvem er du?" in asked.text
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', asked.text))
    chosen = {**fields, "role": "kommune-behandl", "kommunekode": OWN}
    back = await browser.client.get(
        str(asked.url.copy_with(query=None)), params=chosen, headers={"Accept": "text/html"}
    )
    assert back.url.path == f"{PAGE}/historik"


@pytest.mark.parametrize(("who", "path"), [(f"kommune-laes:{OWN}", PAGE), (f"kommune-behandl:{OWN}", PAGE)])
async def test_a_municipality_comes_to_its_own_page(browser, who, path):
    assert (await browser.sign_in(who)).url.path == path


async def test_the_session_is_out_of_reach_of_scripts(browser):
    await browser.sign_in(f"kommune-laes:{OWN}")
    [cookie] = [each for each in browser.client.cookies.jar if each.name == "klarmeld-0"]
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert "token" not in cookie.value


async def test_a_sign_in_that_another_browser_began_is_refused(world, browser):
    async with world.browser() as other:
        other.client.follow_redirects = False
        to_issuer = (await other.sign_in(f"kommune-behandl:{OWN}")).headers["location"]
        async with httpx.AsyncClient() as client:
            callback = (await client.get(to_issuer)).headers["location"]
    answer = await browser.open(callback)
    assert answer.status_code == httpx.codes.UNAUTHORIZED
    assert (await browser.open("/")).text.count("log-af") == 0


async def test_a_code_is_good_once(world, browser):
    browser.client.follow_redirects = False
    to_issuer = (await browser.sign_in(f"kommune-laes:{OWN}")).headers["location"]
    async with httpx.AsyncClient() as client:
        callback = (await client.get(to_issuer)).headers["location"]
    kept = dict(browser.client.cookies.items())
    first = await browser.open(callback)
    async with httpx.AsyncClient(cookies=kept) as replay:
        second = await replay.get(callback, headers={"Accept": "text/html"})
    assert (first.status_code, second.status_code) == (303, httpx.codes.UNAUTHORIZED)


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
async def test_a_sign_in_leads_to_pages_of_this_portal_alone(browser, back):
    answer = await browser.client.get(
        "/log-paa", params={"til": back, "som": f"kommune-laes:{OWN}"}, headers={"Accept": "text/html"}
    )
    assert answer.url.path == PAGE


async def test_signing_out_needs_the_token_of_the_session(browser):
    page = await browser.sign_in(f"kommune-laes:{OWN}")
    form = form_of(page, "/log-af")
    assert (await browser.send(form, csrf="another")).status_code == httpx.codes.FORBIDDEN
    assert (await browser.open(PAGE)).url.path == PAGE


async def test_who_has_signed_out_has_to_sign_in_again(browser):
    page = await browser.sign_in(f"kommune-laes:{OWN}")
    await browser.send(form_of(page, "/log-af"))
    assert "Hvem er du?" in (await browser.open(PAGE)).text


async def test_signing_out_has_the_browser_forget_what_it_kept_of_pages(browser):
    page = await browser.sign_in(f"kommune-laes:{OWN}")
    browser.client.follow_redirects = False
    answer = await browser.send(form_of(page, "/log-af"))
    assert answer.headers["clear-site-data"] == '"cache", "storage"'


async def test_a_form_without_the_sessions_token_is_a_line_of_the_log(browser):
    page = await browser.sign_in(f"kommune-laes:{OWN}")
    with capture_logs() as lines:
        await browser.send(form_of(page, "/log-af"), csrf="another")
    refused = {"event": "access_refused", "log_level": "info", "method": "POST", "route": "/log-af", "why": "form"}
    assert refused in lines


async def test_what_was_typed_when_the_session_ended_is_kept_and_can_be_sent(world, browser):
    await browser.sign_in(f"kommune-behandl:{OWN}")
    form = form_of(await browser.open(PAGE), f"{PAGE}/lokale-punkter")
    end_session(world, browser)
    told = await browser.send(form, text="Skrevet før sessionen udløb")
    assert told.status_code == httpx.codes.UNAUTHORIZED
    assert "er gemt" in told.text
    again = await browser.sign_in(f"kommune-behandl:{OWN}")
    assert "Skrevet før sessionen udløb" in again.text
    sent = await browser.send(form_of(again, f"{PAGE}/lokale-punkter"), text="Skrevet før sessionen udløb")
    assert sent.url.path == PAGE
    assert "Skrevet før sessionen udløb" in sent.text


async def test_what_somebody_typed_is_not_shown_to_who_signs_in_next(world, browser):
    await browser.sign_in(f"kommune-behandl:{OWN}")
    form = form_of(await browser.open(PAGE), f"{PAGE}/lokale-punkter")
    end_session(world, browser)
    await browser.send(form, text="Kun for os")
    other = await browser.sign_in(f"kommune-behandl:{FOREIGN}")
    assert "Kun for os" not in other.text


async def test_a_form_of_another_page_is_not_kept(world, browser):
    await browser.sign_in(f"kommune-behandl:{OWN}")
    form = form_of(await browser.open(PAGE), f"{PAGE}/lokale-punkter")
    end_session(world, browser)
    told = await browser.send(form, text="Ikke vores", csrf="foreign")
    assert "er gemt" not in told.text


async def test_who_is_no_browser_gets_a_problem(browser):
    answer = await browser.client.get(PAGE)
    assert answer.status_code == httpx.codes.UNAUTHORIZED
    assert answer.headers["content-type"] == "application/problem+json"


async def test_every_answer_carries_the_policy(browser):
    for path in ("/", "/no-such-page", "/log-paa/fortsaet"):
        answer = await browser.client.get(path, follow_redirects=False)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]


async def test_the_language_stays_chosen(browser):
    assert 'lang="en"' in (await browser.open("/?lang=en")).text
    assert heading_of(await browser.open("/hjaelp")) == "Help"


def end_session(world, browser):
    """Make the session in the browser one whose token has expired."""
    sessions = world.app.state.parts.cookies.sessions
    request = request_with(browser.client.cookies)
    visitor = Visitor.kept(sessions.read(request))
    answer = Response()
    sessions.write(request, answer, visitor.session() | {"expires": 1})
    for name, value in cookies_of(answer):
        browser.client.cookies.delete(name)
        browser.client.cookies.set(name, value, domain="127.0.0.1", path="/")


def request_with(cookies):
    """Return a request of a browser that holds `cookies`."""
    header = "; ".join(f"{name}={value}" for name, value in cookies.items()).encode()
    return Request({"type": "http", "headers": [(b"cookie", header)]})


def cookies_of(answer):
    found = [value.decode() for name, value in answer.raw_headers if name == b"set-cookie"]
    return [each.split(";")[0].split("=", 1) for each in found]
