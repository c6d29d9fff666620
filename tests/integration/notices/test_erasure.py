"""After a municipality has erased an address, nothing that klarmeld keeps holds it."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import bson
import httpx
import pytest
from pymongo import MongoClient

from contracts.examples import example
from contracts.names import EventName
from contracts.topics import Topic
from contracts.writer import structured
from deploy.local.children import Child
from deploy.local.services import service
from deploy.local.stack import Stack
from tests.faults.log import whole_log
from tests.tokens import Issuer, free_port, running_issuer

OWN, ROLE = "0630", "aftaleadministrator"
#: MongoDB's own: its oplog holds writes, not what is kept, and forgets them by size.
NOT_KEPT = {"local"}


class Desk(NamedTuple):
    """A service as a process of its own, and an address that nothing else in the world has."""

    stack: Stack
    child: Child
    client: httpx.AsyncClient
    issuer: Issuer
    rollout: str
    address: str

    async def contact(self, method: str, **body: Any) -> httpx.Response:
        bearer = self.issuer.bearer("kommune-behandl", OWN)
        path = f"/v1/municipalities/{OWN}/contacts/{ROLE}"
        return await self.client.request(method, path, json=body or None, headers=bearer)

    async def tell(self, name: EventName) -> None:
        """Tell an event through the door, and wait until it shows."""
        event = structured(example(name, rollout=self.rollout, id=f"{self.rollout}-{name}"))
        headers = {**self.issuer.bearer("eg"), "content-type": "application/cloudevents+json"}
        answer = await self.client.post("/v1/events", content=json.dumps(event), headers=headers)
        assert answer.status_code == 202

    async def places(self) -> list[str]:
        """Return where the address is found, in whatever part of it."""
        needles = (self.address.encode(), self.address.partition("@")[0].encode())
        kept = [*(await _on_the_log(self.stack)), *_in_databases(self.stack), *_in_files(self.stack)]
        return sorted({place for place, content in kept for needle in needles if needle in content})


async def _on_the_log(stack: Stack) -> list[tuple[str, bytes]]:
    records = await whole_log(stack.bootstrap, list(Topic))
    headers = [(each, b"".join(value or b"" for _, value in each.headers)) for each in records]
    return [(each.topic, (each.key or b"") + (each.value or b"") + said) for each, said in headers]


def _in_databases(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """Yield every document of every collection of every database, parked records among them."""
    with MongoClient(stack.mongo_uri, document_class=bson.raw_bson.RawBSONDocument) as client:
        for name in sorted({*client.list_database_names()} - NOT_KEPT):
            for collection in client[name].list_collection_names():
                for document in client[name][collection].find({}):
                    yield f"{name}.{collection}", document.raw


def _in_files(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """Yield the logs of all processes."""
    for path in stack.directory.log("notifications").parent.iterdir():
        if path.is_file():
            yield path.name, path.read_bytes()


@pytest.fixture
async def desk(stack, prefix, tmp_path) -> AsyncIterator[Desk]:
    port = free_port()
    async with running_issuer(tmp_path) as issuer:
        own = {
            "KLARMELD_MONGO__DATABASE": f"{prefix}erasure",
            "KLARMELD_GROUP": f"{prefix}erasure",
            "KLARMELD_LOG_LEVEL": "DEBUG",
            **issuer.environment,
        }
        child = service("notifications", stack, port=port, settings=own)
        await child.start()
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                yield Desk(stack, child, client, issuer, f"{prefix}8b", f"{prefix}marianne@vejle.example")
        finally:
            await child.stop()


async def test_an_address_stands_with_the_contacts_alone_and_nowhere_once_it_is_erased(desk):
    assert (await desk.contact("PUT", address=desk.address)).status_code == 200
    assert (await desk.contact("PUT", address=f"{desk.address}\r\nBcc: x@y.example")).status_code == 422
    assert (await desk.contact("GET")).json()["address"] == desk.address
    for name in (EventName.GuidancePublished, EventName.WebinarScheduled):
        await desk.tell(name)
    [place] = await desk.places()
    assert place.endswith("erasure.contacts")

    assert (await desk.contact("DELETE")).json()["erased"] is True

    assert await desk.places() == []


async def test_an_address_that_is_replaced_is_erased_too(desk):
    await desk.contact("PUT", address=desk.address)
    await desk.contact("PUT", address="aftaler@vejle.example")
    assert await desk.places() == []
