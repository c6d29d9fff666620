"""What every answer of a service says to browsers, which methods it takes, and which refusals are a line of the log."""

import httpx
import pytest
from structlog.testing import capture_logs

from contracts.access import UserRole
from tests.integration.access.conftest import FOREIGN, OWN, ROLLOUT, SERVICES

VIEW = f"/v1/rollouts/{ROLLOUT}/municipalities"
ELSEWHERE = {"Origin": "https://elsewhere.example"}


@pytest.fixture
async def client():
    async with httpx.AsyncClient(timeout=20) as client:
        yield client


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("path", ["/livez", f"{VIEW}/{OWN}", "/no-such-path", "/docs", "/openapi.json", "/metrics"])
async def test_no_answer_is_guessed_at_or_framed(surface, client, name, path):
    for headers in ({}, surface.issuer.bearer(UserRole.READ, OWN)):
        told = (await client.get(surface.urls[name] + path, headers=headers)).headers
        assert told["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in told["content-security-policy"]
        assert "default-src 'none'" in told["content-security-policy"]
        assert told["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("name", SERVICES)
async def test_pages_of_other_origins_read_nothing(surface, client, name):
    url = f"{surface.urls[name]}{VIEW}/{OWN}"
    read = await client.get(url, headers=ELSEWHERE | surface.issuer.bearer(UserRole.READ, OWN))
    asked = await client.options(url, headers=ELSEWHERE | {"Access-Control-Request-Method": "GET"})

    assert read.status_code == httpx.codes.OK
    assert not [each for each in (*read.headers, *asked.headers) if each.startswith("access-control-")]


@pytest.mark.parametrize("name", SERVICES)
async def test_no_route_takes_a_method_that_repeats_what_was_sent(surface, client, name):
    asked = await client.request("TRACE", f"{surface.urls[name]}{VIEW}/{OWN}", headers={"X-Said": "said"})

    assert asked.status_code == httpx.codes.METHOD_NOT_ALLOWED
    assert "said" not in asked.text


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("path", ["/static/", "/static/..%2fsettings.py", "/static/%2e%2e/settings.py"])
async def test_no_folder_is_listed_and_no_file_outside_is_handed_out(surface, client, name, path):
    asked = await client.get(surface.urls[name] + path)

    assert asked.status_code == httpx.codes.NOT_FOUND
    assert "swagger" not in asked.text
    assert "import" not in asked.text


@pytest.mark.parametrize(
    ("who", "code", "why"),
    [((UserRole.EG, None), OWN, "role"), ((UserRole.READ, OWN), FOREIGN, "municipality")],
    ids=["role", "municipality"],
)
async def test_who_is_kept_out_is_a_line_that_names_nobody(surface, client, who, code, why):
    route = "/v1/municipalities/{code}/webhooks"
    with capture_logs() as lines:
        await client.get(
            f"{surface.urls['notifications']}{route.replace('{code}', code)}", headers=surface.issuer.bearer(*who)
        )

    refused = [each for each in lines if each["event"] == "access_refused"]
    assert refused == [{"event": "access_refused", "log_level": "info", "method": "GET", "route": route, "why": why}]
