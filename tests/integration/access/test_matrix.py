"""Every route of every service, for every role, about the own municipality and another's: who may what, and no more."""

import httpx
import pytest

from contracts.access import MUNICIPAL, PUBLIC, ROUTES, UserRole
from services.chassis.web.access import UnlistedRouteError, check_table
from tests.integration.access.conftest import FOREIGN, OWN, ROLLOUT, SERVICES, UNKNOWN, app_of, path_of
from tests.tokens import running_issuer


async def _nothing() -> None: ...


async def _call(client, method, url, headers):
    """Return status and body; of a stream only the head is read."""
    content = None if method in {"GET", "DELETE"} else b"{}"
    if content is not None:
        headers = {**headers, "Content-Type": "application/json"}
    async with client.stream(method, url, headers=headers, content=content) as answer:
        streaming = answer.headers.get("content-type", "").startswith("text/event-stream")
        return answer.status_code, b"" if streaming else await answer.aread()


def _every(surface):
    return [(name, method, path) for name in SERVICES for method, path in surface.routes[name]]


async def test_every_route_stands_in_the_table(surface):
    assert {(method, path) for _, method, path in _every(surface)} == ROUTES.keys()


async def test_nobody_gets_in_without_a_token(surface):
    async with httpx.AsyncClient(timeout=20) as client:
        for name, method, template in _every(surface):
            status, _ = await _call(client, method, surface.urls[name] + path_of(template, OWN), {})
            assert (status != httpx.codes.UNAUTHORIZED) == (ROUTES[method, template] is PUBLIC), (method, template)


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 70_000], ids=["no JSON", "no text", "too much"])
async def test_whoever_is_not_known_learns_nothing_of_the_body(surface, content):
    async with httpx.AsyncClient(timeout=20) as client:
        for name, method, template in _every(surface):
            if method not in {"POST", "PUT"} or ROUTES[method, template] is PUBLIC:
                continue
            url = surface.urls[name] + path_of(template, OWN)
            answer = await client.request(method, url, content=content, headers={"Content-Type": "application/json"})
            assert answer.status_code == httpx.codes.UNAUTHORIZED, (method, template, answer.text)


@pytest.mark.parametrize("role", UserRole)
async def test_a_role_reaches_its_own_routes_and_no_others(surface, role):
    municipality = OWN if role in MUNICIPAL else None
    headers = surface.issuer.bearer(role, municipality)
    async with httpx.AsyncClient(timeout=20) as client:
        for name, method, template in _every(surface):
            rule = ROUTES[method, template]
            status, _ = await _call(client, method, surface.urls[name] + path_of(template, OWN), headers)
            refused = status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}
            assert refused == (rule is not PUBLIC and role not in rule.roles), (role, method, template, status)
            assert status < httpx.codes.INTERNAL_SERVER_ERROR or template == "/readyz", (method, template, status)


@pytest.mark.parametrize("role", sorted(MUNICIPAL))
async def test_another_municipality_answers_exactly_like_one_that_does_not_exist(surface, role):
    headers = surface.issuer.bearer(role, OWN)
    async with httpx.AsyncClient(timeout=20) as client:
        for name, method, template in _every(surface):
            of_municipalities = "{code}" in template or "{agreement}" in template
            if role not in ROUTES[method, template].roles or not of_municipalities:
                continue
            foreign = await _call(client, method, surface.urls[name] + path_of(template, FOREIGN), headers)
            unknown = await _call(client, method, surface.urls[name] + path_of(template, UNKNOWN), headers)
            assert foreign == unknown, (method, template)
            assert foreign[0] == httpx.codes.NOT_FOUND or method == "POST", (method, template, foreign)


async def test_a_municipal_token_without_a_municipality_reaches_none(surface):
    headers = surface.issuer.bearer(UserRole.READ)
    async with httpx.AsyncClient(timeout=20) as client:
        url = f"{surface.urls['tasks']}/v1/rollouts/{ROLLOUT}/municipalities/{OWN}"
        status, _ = await _call(client, "GET", url, headers)
    assert status == httpx.codes.NOT_FOUND


async def test_a_position_of_another_municipality_shows_nothing_of_it(surface):
    headers = surface.issuer.bearer(UserRole.READ, OWN)
    url = f"{surface.urls['agreements']}/v1/rollouts/{ROLLOUT}/municipalities/{OWN}"
    async with httpx.AsyncClient(timeout=20, headers=headers) as client:
        plain = (await client.get(url)).json()
        asked = await client.get(url, params={"as_of": "2030-01-01T00:00:00Z"})
    assert plain["municipality"] == OWN
    assert FOREIGN not in asked.text


async def test_another_views_id_as_last_event_id_gives_the_own_view(surface):
    reader = surface.issuer.bearer(UserRole.READ, OWN)
    base = f"{surface.urls['agreements']}/v1/rollouts/{ROLLOUT}/municipalities"
    async with httpx.AsyncClient(timeout=20) as client:
        foreign = await client.get(f"{base}/{FOREIGN}", headers=surface.issuer.bearer(UserRole.COORDINATOR))
        given = {**reader, "Last-Event-ID": foreign.headers["etag"].strip('"')}
        async with client.stream("GET", f"{base}/{OWN}/stream", headers=given) as stream:
            lines = stream.aiter_lines()
            data = next(line for line in [await anext(lines) for _ in range(3)] if line.startswith("data:"))
    assert f'"municipality":"{OWN}"' in data
    assert FOREIGN not in data


async def test_a_route_outside_the_table_keeps_a_service_from_starting(stack, tmp_path):
    async with running_issuer(tmp_path) as issuer:
        app = app_of("tasks", stack, issuer)
        app.add_api_route("/v1/secrets", _nothing)
        with pytest.raises(UnlistedRouteError, match="/v1/secrets"):
            check_table(app)
