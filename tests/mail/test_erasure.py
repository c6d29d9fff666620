"""After a municipality has erased an address, nothing that klarmeld keeps holds it; the ledger keeps a mark at most."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import bson
import httpx
import pytest
from pymongo import MongoClient

from contracts.topics import Topic
from deploy.local.children import Child
from deploy.local.services import service
from deploy.local.stack import Stack
from tests.faults.log import whole_log
from tests.mail.post import SIGNER, Post
from tests.tokens import Issuer, free_port, running_issuer

OWN = "0840"
#: MongoDB's own: its oplog holds writes, not what is kept, and forgets them by size.
NOT_KEPT = {"local"}


class Desk(NamedTuple):
    """The service as a process of its own, and an address that nothing else in the world has."""

    post: Post
    child: Child
    client: httpx.AsyncClient
    issuer: Issuer
    address: str

    async def contact(self, method: str, **body: Any) -> httpx.Response:
        bearer = self.issuer.bearer("kommune-behandl", OWN)
        path = f"/v1/municipalities/{OWN}/contacts/{SIGNER}"
        return await self.client.request(method, path, json=body or None, headers=bearer)

    async def places(self) -> list[str]:
        """Return where the address is found, whole or its first part."""
        needles = (self.address.encode(), self.address.partition("@")[0].encode())
        stack = self.post.stack
        kept = [*(await _on_the_log(stack)), *_in_databases(stack), *_in_files(stack)]
        return sorted({place for place, content in kept for needle in needles if needle in content})


async def _on_the_log(stack: Stack) -> list[tuple[str, bytes]]:
    records = await whole_log(stack.bootstrap, list(Topic))
    headers = [(each, b"".join(value or b"" for _, value in each.headers)) for each in records]
    return [(each.topic, (each.key or b"") + (each.value or b"") + said) for each, said in headers]


def _in_databases(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """Yield every document of every collection of every database, ledger and parked records among them."""
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
async def desk(post, prefix, tmp_path) -> AsyncIterator[Desk]:
    port = free_port()
    async with running_issuer(tmp_path) as issuer:
        own = {**post.environment(), **issuer.environment, "KLARMELD_LOG_LEVEL": "DEBUG"}
        child = service("notifications", post.stack, port=port, settings=own)
        await child.start()
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                yield Desk(post, child, client, issuer, f"{prefix}marianne@vejle.example")
        finally:
            await child.stop()


async def test_an_address_stands_with_the_contacts_alone_and_nowhere_once_it_is_erased(desk):
    assert (await desk.contact("PUT", address=desk.address)).status_code == 200
    assert (await desk.contact("PUT", address=f"{desk.address}\r\nBcc: x@y.example")).status_code == 422
    await desk.post.enrol(OWN)
    await desk.post.become({"sent": 1, "suppressed": 2})
    assert [each.recipient for each in desk.post.server.taken] == [desk.address]
    [place] = await desk.places()
    assert place.endswith(".contacts")

    assert (await desk.contact("DELETE")).json()["erased"] is True

    assert await desk.places() == []


async def test_an_address_that_a_mail_server_refuses_by_name_is_not_kept_for_it(desk):
    desk.post.server.refuse_recipient = lambda address: f"550 5.1.1 <{address}> is nobody here"
    await desk.contact("PUT", address=desk.address)
    await desk.post.enrol(OWN)
    await desk.post.become({"failed": 1, "suppressed": 2})
    await desk.contact("DELETE")
    assert await desk.places() == []


async def test_an_address_that_is_replaced_is_erased_too(desk):
    await desk.contact("PUT", address=desk.address)
    await desk.contact("PUT", address="aftaler@vejle.example")
    await desk.contact("DELETE")
    assert await desk.places() == []
