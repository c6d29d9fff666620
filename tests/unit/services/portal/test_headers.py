"""What a browser is told, and what it keeps, depends on whether the portal stands behind TLS."""

import httpx
import pytest
from fastapi import FastAPI, Request

from services.chassis.web.headers import SecurityHeaders
from services.portal.catalogue import Language
from services.portal.headers import headers
from services.portal.language import RemembersLanguage
from services.portal.rendering import language_of


async def headers_of(*, secure: bool) -> httpx.Headers:
    app = FastAPI()
    app.add_middleware(SecurityHeaders, headers=headers(secure=secure))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://portal") as client:
        return (await client.get("/")).headers


async def test_a_portal_behind_tls_asks_for_tls_for_a_year():
    told = await headers_of(secure=True)

    assert told["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("secure", [True, False])
async def test_the_policy_is_there_with_and_without_tls(*, secure: bool):
    assert "frame-ancestors 'none'" in (await headers_of(secure=secure))["Content-Security-Policy"]


async def test_a_portal_on_ones_own_machine_does_not_keep_a_browser_from_it():
    assert "Strict-Transport-Security" not in await headers_of(secure=False)


@pytest.mark.parametrize(("secure", "name"), [(True, "__Host-sprog"), (False, "sprog")])
async def test_the_cookie_of_the_language_is_of_this_host_alone_behind_tls(*, secure: bool, name: str):
    app = FastAPI()
    app.add_middleware(RemembersLanguage, secure=secure)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://portal") as client:
        cookie = (await client.get("/?lang=en")).headers["set-cookie"]

    assert cookie.startswith(f"{name}=en; Path=/; ")
    assert ("; Secure" in cookie) == secure
    assert "HttpOnly" in cookie


@pytest.mark.parametrize("name", ["__Host-sprog", "sprog"])
def test_a_language_that_was_kept_is_spoken(name: str):
    request = Request({"type": "http", "query_string": b"", "headers": [(b"cookie", f"{name}=en".encode())]})

    assert language_of(request) is Language.ENGLISH
