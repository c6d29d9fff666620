"""The journal of what operators changed: append-only receipts, each with the hash of the one before."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from typing import Any, NamedTuple

from pymongo import DESCENDING

from services.chassis.projection.store import DURABLE, SETTLED, translated

#: What the first entry follows.
NO_HASH = "0" * 64


class Signature(NamedTuple):
    """Who wants a change, why, and when (an instant of fixed width)."""

    who: str
    why: str
    at: str


class Receipt(NamedTuple):
    """What was changed: a verb, and the state before and after as JSON values."""

    what: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True)
class JournalEntry:
    """What one operator changed; `hash` is of everything else in it, so that none of it can change unseen."""

    seq: int
    at: str
    who: str
    why: str
    what: str
    before: dict[str, Any]
    after: dict[str, Any]
    previous: str
    hash: str


class Journal:
    """The receipts of one service."""

    def __init__(self, database: Any) -> None:
        self._entries = database.get_collection("journal", write_concern=DURABLE, read_concern=SETTLED)

    async def append(self, signature: Signature, receipt: Receipt, *, session: Any) -> JournalEntry:
        """Add a receipt in the transaction that changes what it is about: both stand, or neither does."""
        async with translated():
            last = await self._entries.find_one(sort=[("_id", DESCENDING)], session=session)
            entry = following(_read(last) if last else None, signature, receipt)
            await self._entries.insert_one(_stored(entry), session=session)
        return entry

    async def last(self) -> JournalEntry | None:
        """Return the newest receipt."""
        async with translated():
            found = await self._entries.find_one(sort=[("_id", DESCENDING)])
        return _read(found) if found else None

    async def counts(self) -> dict[str, int]:
        """Return how many receipts there are by the first word of what was done."""
        verb = {"$arrayElemAt": [{"$split": ["$what", " "]}, 0]}
        async with translated():
            cursor = await self._entries.aggregate([{"$group": {"_id": verb, "count": {"$sum": 1}}}])
            found = await cursor.to_list(None)
        return {each["_id"]: each["count"] for each in found}

    async def entries(self) -> list[JournalEntry]:
        """Return everything, the oldest first."""
        async with translated():
            found = await self._entries.find().sort("_id", 1).to_list(None)
        return [_read(each) for each in found]


def breaks(entries: Iterable[JournalEntry]) -> Iterator[str]:
    """Yield a sentence for each place where the chain does not hold; the end of it nothing but the reader can know."""
    seq, previous = 0, NO_HASH
    for entry in entries:
        if entry.seq != seq + 1:
            yield f"After entry {seq} comes {entry.seq}."
        if entry.previous != previous:
            yield f"Entry {entry.seq} does not follow from the one before."
        if entry.hash != _hash(entry):
            yield f"Entry {entry.seq} is not as it was written."
        seq, previous = entry.seq, entry.hash


def following(last: JournalEntry | None, signature: Signature, receipt: Receipt) -> JournalEntry:
    """Return the entry that comes after `last`."""
    seq, previous = (last.seq + 1, last.hash) if last else (1, NO_HASH)
    at, who, why = signature.at, signature.who, signature.why
    entry = JournalEntry(seq, at, who, why, receipt.what, {**receipt.before}, {**receipt.after}, previous, "")
    return replace(entry, hash=_hash(entry))


def _read(found: Mapping[str, Any]) -> JournalEntry:
    names = (each.name for each in fields(JournalEntry))
    held: dict[str, Any] = {name: found.get("_id" if name == "seq" else name) for name in names}
    return JournalEntry(**held)


def _stored(entry: JournalEntry) -> dict[str, Any]:
    return {"_id": entry.seq, **{name: value for name, value in asdict(entry).items() if name != "seq"}}


def _hash(entry: JournalEntry) -> str:
    said = {name: value for name, value in asdict(entry).items() if name != "hash"}
    return sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()
