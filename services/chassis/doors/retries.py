"""Commands told again: an `Idempotency-Key` finds what the first try told, and commands take turns."""

import asyncio
from hashlib import blake2b
from typing import NamedTuple
from weakref import WeakValueDictionary

from fastapi import Request

from contracts.facts import Fact
from services.chassis import clock
from services.chassis.errors import InvalidRequestError
from services.chassis.projection.documents import Document
from services.chassis.web.access import caller_of

#: Characters of an event's id that the key decides, and those that the body decides.
KEYED, BODIED = 16, 8


class Key(NamedTuple):
    """What the ids of a command's events begin with when the client sent an `Idempotency-Key`."""

    said: str
    body: str

    def new_id(self) -> str:
        """Return the id of an event of this command; tries that race have ids of their own."""
        return f"{self.said}{self.body}-{clock.new_id()}"


class Turns:
    """Lets the commands about one document pass one by one in this process, so that a double click meets itself.

    Where two processes race, the facts merge all the same; this only makes the second answer the more helpful one.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, document: str) -> asyncio.Lock:
        """Return the lock to hold from looking until what was told can be seen."""
        return self._locks.setdefault(document, asyncio.Lock())


async def key_of(request: Request) -> Key | None:
    """Return the command's key, or None where the client sent none."""
    key = request.headers.get("idempotency-key")
    if not key:
        return None
    said = f"{caller_of(request).client}\n{request.method}\n{request.url.path}\n{key}"
    return Key(_digest(said.encode(), KEYED), _digest(await request.body(), BODIED))


def told_before(document: Document | None, key: Key | None) -> Fact | None:
    """Return the fact that an earlier try of the same command made; InvalidRequestError where that said otherwise."""
    if key is None or document is None:
        return None
    facts = sorted(document.facts.values(), key=lambda fact: fact.place)
    told = next((fact for fact in facts if fact.id.startswith(key.said)), None)
    if told is not None and not told.id.startswith(key.said + key.body):
        raise InvalidRequestError(
            "This Idempotency-Key came with another body before; send a new key with a new command."
        )
    return told


def _digest(content: bytes, characters: int) -> str:
    return blake2b(content, digest_size=characters // 2).hexdigest()
