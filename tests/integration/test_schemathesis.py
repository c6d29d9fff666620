"""Every operation of every service is asked with whatever its own live document allows, and keeps to that document.

Half of the questions are about what exists; a third kind says what the document does not allow.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import httpx
import pytest
import requests
import schemathesis
from aiokafka import AIOKafkaProducer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from contracts.access import MUNICIPAL, ROUTES
from contracts.examples import EXAMPLES, example
from contracts.names import EventName
from contracts.topics import Topic
from contracts.writer import structured
from deploy.local.ports import free_block
from deploy.local.services import service
from tests.contract.documents import SERVICES, kept, operations
from tests.tokens import Issuer, running_issuer

OWN, ROLLOUT = "0630", "any-8b"
KNOWN = {
    "rollout": ROLLOUT,
    "code": OWN,
    "agreement": EXAMPLES[EventName.AgreementSent].data.agreement_id,
    "webinar": EXAMPLES[EventName.WebinarScheduled].data.webinar_id,
    "guidance": EXAMPLES[EventName.GuidancePublished].data.guidance_id,
}
#: A prefix of the world: what is told later would end what commands can change.
TOLD = (
    EventName.MunicipalityEnrolled, EventName.AgreementSent, EventName.ForwardingConfigured,
    EventName.GuidancePublished, EventName.WebinarScheduled, EventName.WebinarInvited,
)  # fmt: skip
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
QUESTIONS = 15


class Surface(NamedTuple):
    """The three services as processes of their own, behind one issuer."""

    issuer: Issuer
    urls: dict[str, str]
    documents: dict[str, Any]


@pytest.fixture(scope="module")
async def surface(stack, tmp_path_factory) -> AsyncIterator[Surface]:
    async with AsyncExitStack() as running:
        issuer = await running.enter_async_context(running_issuer(tmp_path_factory.mktemp("issuer")))
        free = free_block()
        ports = {name: getattr(free, name) for name in SERVICES}
        children = [_service(name, stack, port, issuer) for name, port in ports.items()]
        for child in children:
            running.push_async_callback(child.stop)
        await asyncio.gather(*(child.start() for child in children))
        urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        await _tell(issuer, urls)
        await _park(stack, issuer, urls["agreements"])
        yield Surface(issuer, urls, {name: await _document(url) for name, url in urls.items()})


def _service(name, stack, port, issuer):
    own = {"KLARMELD_MONGO__DATABASE": f"any_{name}", "KLARMELD_GROUP": f"any-{name}", **issuer.environment}
    return service(name, stack, port=port, settings=own)


async def _document(url):
    return await asyncio.to_thread(schemathesis.openapi.from_url, f"{url}/openapi.json")


async def _tell(issuer, urls):
    """Tell through the door what commands need, and wait until each service shows it."""
    async with httpx.AsyncClient(headers=issuer.bearer("eg"), timeout=30) as client:
        for name in TOLD:
            event = example(name, rollout=ROLLOUT, id=f"any-{name}")
            owner = Topic(event.topic).removeprefix("klarmeld.")
            body = structured(event)
            headers = {"content-type": "application/cloudevents+json"}
            answer = await client.post(f"{urls[owner]}/v1/events", json=body, headers=headers)
            [told] = answer.raise_for_status().json()["events"]
            if event.municipality:
                shown = f"{urls[owner]}/v1/rollouts/{ROLLOUT}/municipalities/{OWN}"
                (await client.get(shown, params={"after": told["position"], "wait": 20})).raise_for_status()


async def _park(stack, issuer, url):
    """Put records on the log that are none, and wait until the service has set them aside."""
    async with AIOKafkaProducer(bootstrap_servers=stack.bootstrap, acks="all") as producer:
        await producer.send_and_wait(Topic.AGREEMENTS, key=b"any", value=None, headers=[("ce_id", b"any")])
        await producer.send_and_wait(Topic.AGREEMENTS, key=None, value=b"\xff", headers=[("x", b"\xff")])
    async with httpx.AsyncClient(headers=issuer.bearer("drift"), timeout=30) as client:
        while len((await client.get(f"{url}/v1/admin/parked")).json()["items"]) < 2:
            await asyncio.sleep(0.1)


ASKED = [
    pytest.param(name, path, method, id=f"{name} {method} {path}")
    for name in SERVICES
    for path, method, operation in operations(kept(name, "openapi"))
    if "text/event-stream" not in str(operation["responses"])
]


@pytest.mark.parametrize(("name", "path", "method"), ASKED)
async def test_an_operation_keeps_to_its_document(surface, name, path, method):
    operation = surface.documents[name][path][method.upper()]
    session = requests.Session()

    @given(case=_cases(operation, path, _bearer(surface.issuer, method, path)))
    @settings(
        max_examples=QUESTIONS, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    def ask(case):
        case.call_and_validate(base_url=surface.urls[name], session=session, checks=CHECKS, timeout=20)

    await asyncio.to_thread(ask)


def _cases(operation, path, headers):
    """Return questions about what exists, about anything, and what is not allowed; none waits for a position."""
    known = {name: value for name, value in KNOWN.items() if f"{{{name}}}" in path}
    query = {"wait": 0} if any(each.name == "wait" for each in operation.query) else None
    chosen = [
        operation.as_strategy(path_parameters=known, query=query, headers=headers),
        operation.as_strategy(query=query, headers=headers),
    ]
    if operation.body or (operation.query and query is None):
        chosen.append(operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=known, headers=headers))
    return st.one_of(chosen)


def _bearer(issuer, method, path):
    """Return a token of one of the roles that may do it; a municipality's comes last, for it reaches the least."""
    roles = sorted(ROUTES[method.upper(), path].roles, key=lambda role: (role in MUNICIPAL, role))
    return issuer.bearer(roles[0], OWN if roles[0] in MUNICIPAL else None) if roles else {}


def test_only_streams_are_left_out():
    asked = {(each.values[0], each.values[1]) for each in ASKED}
    every = {(name, path) for name in SERVICES for path, _, _ in operations(kept(name, "openapi"))}

    assert {path for _, path in every - asked} == {
        "/v1/rollouts/{rollout}/stream",
        "/v1/rollouts/{rollout}/municipalities/{code}/stream",
    }
