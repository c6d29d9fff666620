"""Records that could not be facts, kept whole: place, key, headers and bytes, with a reason and a sentence."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple

from pymongo import DESCENDING, UpdateOne

from contracts.envelope import envelope_of
from contracts.reader import LARGEST
from contracts.records import Record
from contracts.refusals import Refusal
from services.chassis.projection.parked_choice import Choice, State
from services.chassis.projection.store import DURABLE, translated


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


#: What is shown of the tries of one record: the last so many.
MOST_TRIES = 20
LONGEST_TYPE = 200


class Mark(NamedTuple):
    """What becomes of a stored record: its new state or None, how a try of it went, and the newest refusal."""

    id: str
    state: State | None
    outcome: str
    refusal: Refusal | None = None


class Parked:
    """The parked records of one service; a record's id is its place, so that a second try parks it once."""

    def __init__(self, database: Any) -> None:
        self._records = database.get_collection("parked", write_concern=DURABLE)

    async def prepare(self) -> None:
        async with translated():
            await self._records.create_index([("topic", 1), ("partition", 1), ("offset", DESCENDING)])
            await self._records.create_index([(name, DESCENDING) for name in ORDER])
            await self._records.create_index([("reason", 1), ("recorded", DESCENDING)])
            await self._records.create_index([("state", 1), ("reason", 1)])

    async def keep(self, parked: Sequence[ParkedRecord]) -> None:
        writes = [
            UpdateOne({"_id": _place(each.record)}, {"$setOnInsert": _stored(each)}, upsert=True) for each in parked
        ]
        async with translated():
            await self._records.bulk_write(writes, ordered=False)

    async def page(self, choice: Choice, *, before: Sequence[Any] | None, limit: int) -> list[dict[str, Any]]:
        """Return up to `limit` chosen records, newest first, from the place `before` on (see `key_of`)."""
        query = choice.query
        if before is not None:
            query["$or"] = _earlier(dict(zip(ORDER, before, strict=True)))
        async with translated():
            found = self._records.find(query).sort([(name, DESCENDING) for name in ORDER]).limit(limit)
            records: list[dict[str, Any]] = await found.to_list(None)
        return records

    async def groups(self, choice: Choice, *, limit: int) -> list[dict[str, Any]]:
        """Return counts by reason, type and topic with the first and latest record's time, newest first."""
        by = {name: f"${name}" for name in ("reason", "type", "topic")}
        counted = {
            "count": {"$sum": 1},
            "attempts": {"$sum": {"$ifNull": ["$attempts", 0]}},
            "first": {"$min": "$recorded"},
            "latest": {"$max": "$recorded"},
        }
        steps = [{"$match": choice.query}, {"$group": {"_id": by, **counted}}, {"$sort": {"latest": -1, "_id": 1}}]
        async with translated():
            found = await (await self._records.aggregate([*steps, {"$limit": limit}])).to_list(None)
        return [{**dict.fromkeys(by), **each.pop("_id"), **each} for each in found]

    async def counts(self) -> dict[str, int]:
        """Return how many are parked now, by reason."""
        steps = [{"$match": {"state": str(State.PARKED)}}, {"$group": {"_id": "$reason", "count": {"$sum": 1}}}]
        async with translated():
            found = await (await self._records.aggregate(steps)).to_list(None)
        return {each["_id"]: each["count"] for each in found}

    async def chunks(self, choice: Choice, size: int) -> AsyncIterator[list[dict[str, Any]]]:
        """Yield the chosen records whole, `size` at a time, in the order of their ids."""
        after = ""
        while True:
            query = {"$and": [choice.query, {"_id": {"$gt": after}}]}
            async with translated():
                found = await self._records.find(query).sort("_id", 1).limit(size).to_list(None)
            if not found:
                return
            yield found
            after = found[-1]["_id"]

    async def mark(self, marks: Sequence[Mark], by: Mapping[str, Any], *, session: Any) -> None:
        """Write in a transaction what became of records and who wanted it; one that was redriven stays so."""
        writes = [UpdateOne({"_id": each.id, "state": {"$ne": State.REDRIVEN}}, _marked(each, by)) for each in marks]
        if writes:
            async with translated():
                await self._records.bulk_write(writes, ordered=False, session=session)


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


def _marked(mark: Mark, by: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"last_outcome": mark.outcome}
    if mark.state is not None:
        told["state"] = str(mark.state)
    if mark.refusal is not None:
        told |= _said(mark.refusal)
    tried = {"outcome": mark.outcome, **by}
    return {
        "$set": told,
        "$inc": {"attempts": int(mark.state is not State.DISCARDED)},
        "$push": {"tries": {"$each": [tried], "$slice": -MOST_TRIES}},
    }


def _said(refusal: Refusal) -> dict[str, Any]:
    return {
        "reason": str(refusal.reason),
        "detail": refusal.detail[:LONGEST_DETAIL],
        "errors": [error._asdict() for error in refusal.errors],
    }


def _type(record: Record) -> str | None:
    """Return the type that a record claims, whatever else is wrong with it."""
    said = next((value for name, value in record.headers if name == "ce_type" and value), None)
    if said is not None:
        return said[: LONGEST_TYPE * 4].decode(errors="replace")[:LONGEST_TYPE]
    if record.value is None or len(record.value) > LARGEST:
        return None
    try:
        claimed = envelope_of(record.headers, record.value).attributes.get("type")
    except Exception:  # noqa: BLE001  a record that surprises us is kept like any other
        return None
    return claimed and claimed[:LONGEST_TYPE].encode(errors="replace").decode()


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
        "type": _type(record),
        "state": str(State.PARKED),
        "attempts": 0,
        **_said(refusal),
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
        "partial": True,
    }
