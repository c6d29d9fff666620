"""Bodies that no client of good will sends: each is refused as a problem, and nothing of them reaches the log."""

import gzip
import json

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.access import MUNICIPAL, ROUTES
from contracts.topics import Topic
from tests.contract.documents import kept, operations
from tests.integration.access.conftest import OWN, SERVICES, path_of

PROBLEM = "application/problem+json"
#: Every operation that needs a body of JSON; the page of a mailed link takes a form and answers with a page.
WITH_BODY = [
    pytest.param(service, method.upper(), path, id=f"{service} {method} {path}")
    for service in SERVICES
    for path, method, operation in operations(kept(service, "openapi"))
    if "requestBody" in operation and "application/json" in operation["requestBody"]["content"]
]
BODIES = {
    "empty": b"",
    "null": b"null",
    "a number": b"1e400",
    "a long number": b"9" * 5_000,
    "a list": b"[]",
    "a text": b'"x"',
    "cut off": b'{"reason": "',
    "no UTF-8": b'{"reason": "\xff\xfe"}',
    "another encoding": '{"reason": "æ"}'.encode("utf-16"),
    "not a number": b'{"reason": NaN, "revision": Infinity}',
    "a lone surrogate": b'{"reason": "\\ud800", "title": "\\udfff"}',
    "a NUL": b'{"reason": "\\u0000", "title": "a\\u0000b"}',
    "deep": b'{"reason":' * 5_000 + b"1" + b"}" * 5_000,
    "deep lists": b"[" * 30_000,
    "a bomb": gzip.compress(bytes(50_000_000)),
    "prototypes": b'{"__proto__": {"roles": ["eg"]}, "$where": "1", "constructor": 1}',
}
HEADERS = {
    "as JSON": {"Content-Type": "application/json"},
    "compressed": {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    "as text": {"Content-Type": "text/plain"},
    "as a form": {"Content-Type": "multipart/form-data; boundary=x"},
    "as nothing": {},
}


async def ends(stack):
    """Return the end of every partition of the log."""
    async with AIOKafkaConsumer(bootstrap_servers=stack.bootstrap) as consumer:
        partitions = [TopicPartition(topic, number) for topic in Topic for number in range(6)]
        return await consumer.end_offsets(partitions)


@pytest.mark.parametrize(("service", "method", "path"), WITH_BODY)
async def test_a_hostile_body_is_a_problem_and_reaches_no_log(surface, stack, service, method, path):
    role = min(ROUTES[method, path].roles)
    bearer = surface.issuer.bearer(role, OWN if role in MUNICIPAL else None)
    before = await ends(stack)
    wrong = {}
    async with httpx.AsyncClient(base_url=surface.urls[service], timeout=60) as client:
        for (name, body), (how, headers) in ((each, way) for each in BODIES.items() for way in HEADERS.items()):
            answer = await client.request(method, path_of(path, OWN), content=body, headers={**bearer, **headers})
            if not is_problem(answer):
                wrong[name, how] = (answer.status_code, answer.text[:200])
    assert wrong == {}
    assert await ends(stack) == before


def is_problem(answer):
    """Whether it is one of the client's, and a 422 names what is wrong without telling of what is inside."""
    said = answer.json() if answer.headers.get("content-type") == PROBLEM else {}
    named = said.get("errors") if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY else True
    return 400 <= answer.status_code < 500 and bool(said) and bool(named) and "Traceback" not in json.dumps(said)
