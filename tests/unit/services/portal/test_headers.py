"""What a browser is told about TLS depends on whether the portal stands behind it."""

import httpx
import pytest
from fastapi import FastAPI

from services.portal.headers import SecurityHeaders


async def headers_of(*, secure: bool) -> httpx.Headers:
    app = FastAPI()
    app.add_middleware(SecurityHeaders, secure=secure)
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
