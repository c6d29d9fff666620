"""Whoever has what is asked for is not sent it again, whichever route answers."""

import httpx
import pytest

from contracts.access import MUNICIPAL, PUBLIC, ROUTES
from tests.integration.access.conftest import OWN, SERVICES, path_of

#: Streams tell by their event's id what they have told; the probes and metrics are of this moment.
OF_THIS_MOMENT = ("/stream", "/livez", "/readyz", "/startupz", "/metrics", "/admin/status")
#: Every service has at least so many others that have something to answer here.
LEAST = 12


@pytest.mark.parametrize("service", SERVICES)
async def test_every_answer_has_a_tag_and_is_not_sent_again(surface, service):
    answered = {}
    async with httpx.AsyncClient(base_url=surface.urls[service], timeout=60) as client:
        for method, template in surface.routes[service]:
            if method != "GET" or template.endswith(OF_THIS_MOMENT):
                continue
            path = path_of(template, OWN) + ("?path=stage" if template.endswith("/explain") else "")
            path += "?from=2026-01-01T00:00:00Z" if template.endswith("/diff") else ""
            headers = bearer(surface, template)
            first = await client.get(path, headers=headers)
            if first.status_code == httpx.codes.OK:
                second = await client.get(path, headers={**headers, "If-None-Match": first.headers.get("etag", "")})
                told = (first.headers["etag"], b"") if second.status_code == httpx.codes.NOT_MODIFIED else None
                answered[template] = (second.headers.get("etag"), second.content) == told
    assert [template for template, unchanged in answered.items() if not unchanged] == []
    assert len(answered) > LEAST


def bearer(surface, template):
    rule = ROUTES["GET", template]
    if rule is PUBLIC:
        return {}
    role = min(rule.roles)
    return surface.issuer.bearer(role, OWN if role in MUNICIPAL else None)
