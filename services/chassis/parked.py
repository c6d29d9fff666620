"""Records that could not be facts, kept whole: place, key, headers and bytes, with a reason and a sentence."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from pymongo import DESCENDING, UpdateOne

from contracts.records import Record
from contracts.refusals import Refusal
from services.chassis.store import DURABLE, translated


class ParkedRecord(NamedTuple):
    """A record on the log and why it was set aside."""

    record: Record
    refusal: Refusal


#: MongoDB takes no document over 16 MiB: of a record larger than this only the beginning is kept; the log has it all.
LARGEST_WHOLE = 8 * 1024 * 1024
MOST_KEPT = 1024 * 1024
MOST_HEADERS_KEPT = 1_000
KEPT_OF_HEADER = 1_000
#: A sentence may quote what a client sent.
LONGEST_DETAIL = 2_000

#: Parked records are listed newest first: by the log's time, then by place.
ORDER = ("recorded", "topic", "partition", "offset")


class Chosen(NamedTuple):
    """Which parked records are asked for; what is None does not narrow."""

    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    reason: str | None = None


class Parked:
    """The parked records of one service; a record's id is its place, so that a second try parks it once."""

    def __init__(self, database: Any) -> None:
        self._records = database.get_collection("parked", write_concern=DURABLE)

    async def prepare(self) -> None:
        async with translated():
            await self._records.create_index([("topic", 1), ("partition", 1), ("offset", DESCENDING)])
            await self._records.create_index([(name, DESCENDING) for name in ORDER])
            await self._records.create_index([("reason", 1), ("recorded", DESCENDING)])

    async def keep(self, parked: Sequence[ParkedRecord]) -> None:
        writes = [
            UpdateOne({"_id": _place(each.record)}, {"$setOnInsert": _stored(each)}, upsert=True) for each in parked
        ]
        async with translated():
            await self._records.bulk_write(writes, ordered=False)

    async def page(self, chosen: Chosen, *, before: Sequence[Any] | None, limit: int) -> list[dict[str, Any]]:
        """Return up to `limit` chosen records, newest first, from the place `before` on (see `key_of`)."""
        query: dict[str, Any] = {name: value for name, value in chosen._asdict().items() if value is not None}
        if before is not None:
            query["$or"] = _earlier(dict(zip(ORDER, before, strict=True)))
        async with translated():
            found = self._records.find(query).sort([(name, DESCENDING) for name in ORDER]).limit(limit)
            records: list[dict[str, Any]] = await found.to_list(None)
        return records

    async def count_by_reason(self) -> dict[str, int]:
        async with translated():
            reasons = await self._records.distinct("reason")
            return {reason: await self._records.count_documents({"reason": reason}) for reason in sorted(reasons)}


def key_of(stored: dict[str, Any]) -> list[str | int]:
    """Return what orders a stored record, for a cursor."""
    return [stored[name] for name in ORDER]


def _earlier(than: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the conditions of which one holds for each record after `than` in descending order."""
    names = list(than)
    return [
        {**{each: than[each] for each in names[:position]}, name: {"$lt": than[name]}}
        for position, name in enumerate(names)
    ]


def _place(record: Record) -> str:
    return f"{record.topic}-{record.partition}-{record.offset}"


def _stored(parked: ParkedRecord) -> dict[str, Any]:
    record, refusal = parked
    size = _size(record)
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "recorded": record.timestamp,
        "reason": str(refusal.reason),
        "detail": refusal.detail[:LONGEST_DETAIL],
        "errors": [error._asdict() for error in refusal.errors],
        **(_whole(record) if size <= LARGEST_WHOLE else _beginning(record, refusal, size)),
    }


def _size(record: Record) -> int:
    headers = sum(len(name) * 4 + len(value or b"") + 50 for name, value in record.headers)
    return len(record.key or b"") + len(record.value or b"") + headers


def _whole(record: Record) -> dict[str, Any]:
    return {"key": record.key, "value": record.value, "headers": [[name, value] for name, value in record.headers]}


def _beginning(record: Record, refusal: Refusal, size: int) -> dict[str, Any]:
    headers = record.headers[:MOST_HEADERS_KEPT]
    note = f"Only the beginning is kept here of {size:,} bytes; the log has the whole."
    return {
        "key": record.key and record.key[:MOST_KEPT],
        "value": record.value and record.value[:MOST_KEPT],
        "headers": [[name[:KEPT_OF_HEADER], value and value[:KEPT_OF_HEADER]] for name, value in headers],
        "detail": f"{refusal.detail[:LONGEST_DETAIL]} {note}",
    }
