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


class Parked:
    """The parked records of one service; a record's id is its place, so that a second try parks it once."""

    def __init__(self, database: Any) -> None:
        self._records = database.get_collection("parked", write_concern=DURABLE)

    async def prepare(self) -> None:
        async with translated():
            await self._records.create_index([("topic", 1), ("partition", 1), ("offset", DESCENDING)])
            await self._records.create_index([("reason", 1), ("recorded", DESCENDING)])

    async def keep(self, parked: Sequence[ParkedRecord]) -> None:
        writes = [
            UpdateOne({"_id": _place(each.record)}, {"$setOnInsert": _stored(each)}, upsert=True) for each in parked
        ]
        async with translated():
            await self._records.bulk_write(writes, ordered=False)

    async def count_by_reason(self) -> dict[str, int]:
        async with translated():
            reasons = await self._records.distinct("reason")
            return {reason: await self._records.count_documents({"reason": reason}) for reason in sorted(reasons)}


def _place(record: Record) -> str:
    return f"{record.topic}-{record.partition}-{record.offset}"


def _stored(parked: ParkedRecord) -> dict[str, Any]:
    record, refusal = parked
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "recorded": record.timestamp,
        "reason": str(refusal.reason),
        "detail": refusal.detail,
        "errors": [error._asdict() for error in refusal.errors],
        "key": record.key,
        "value": record.value,
        "headers": [[name, value] for name, value in record.headers],
    }
