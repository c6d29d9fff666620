"""Folded documents written many at once into a generation that nobody reads yet."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence

from bson.raw_bson import RawBSONDocument

from contracts import codec
from contracts.facts import fact_key
from contracts.records import Record
from contracts.refusals import Refusal
from services.chassis.log.log_reader import Offsets
from services.chassis.projection.batch import too_many
from services.chassis.projection.documents import Union
from services.chassis.projection.fingerprint import digest
from services.chassis.projection.parked import Parked, ParkedRecord
from services.chassis.projection.scanning import again
from services.chassis.projection.store import translated
from services.chassis.projection.target import Subject
from services.chassis.projection.under_way import UnderWay
from services.chassis.replay.fold import note_position, without_room
from services.chassis.replay.judging import Tell
from services.chassis.replay.part import Encoded, Part
from services.chassis.replay.shares import Share

#: Documents of one write at most, and about how many bytes: beside them the next ones are made.
CHUNK, CHUNK_BYTES = 200, 4_000_000


class Bulk:
    """Writes into one collection."""

    def __init__(self, subject: Subject, parked: Parked, collection: str, tell: Tell) -> None:
        self._subject = subject
        self._parked = parked
        self._collection = collection
        self._tell = tell

    async def write(self, part: Part, start: Offsets, fence: Offsets) -> dict[str, bytes]:
        """Write the documents of `part` and return the digests of their bytes, except of those that are full.

        What finds no room in a document is parked, read once more from the log.
        """
        own = {union.id: union for union in part.fold.documents.values() if part.share.holds(union.id)}
        left = {union.id: keys for union in own.values() if (keys := await self._without_room(part, union))}
        if left:
            for document in left:
                own[document].positions.clear()
            async for records in self._subject.reader.records(start, fence):
                parked = list(_left_out(own, left, part.share, records))
                if parked:
                    await self._parked.keep(parked)
        return await self._insert(part, list(own.values()))

    async def _without_room(self, part: Part, union: Union) -> set[str]:
        """Take out of a document what finds no room in it; what the live one holds goes before the rest."""
        if not without_room(union, ()):
            return set()
        store = self._subject.store
        held = (await store.of_live(lambda live: again(store, live, {union.id: union.id}))).get(union.id)
        left = without_room(union, set(held.facts) if held else ())
        part.traces.take(union)
        for key in left:
            del union.facts[key]
        return left

    async def _insert(self, part: Part, unions: Sequence[Union]) -> dict[str, bytes]:
        """Insert chunk by chunk; one is made while the one before is being written."""
        prints: dict[str, bytes] = {}
        chunk: list[Encoded] = []
        size = 0
        async with UnderWay[None]() as writing:
            for done, union in enumerate(unions, start=1):
                [encoded] = part.encoded([union], self._subject.derive)
                chunk.append(encoded)
                size += len(encoded.raw)
                if done == len(unions) or len(chunk) == CHUNK or size >= CHUNK_BYTES:
                    prints |= {each.id: digest(each.raw) for each in chunk if not each.full}
                    await writing.ended()
                    writing.begin(self._insert_some([each.raw for each in chunk]))
                    chunk, size = [], 0
                    await asyncio.sleep(0)
                    self._tell("writing", done, len(unions))
            await writing.ended()
        return prints

    async def _insert_some(self, raw: Sequence[bytes]) -> None:
        documents = [RawBSONDocument(each) for each in raw]
        async with translated():
            await self._subject.store.collection(self._collection).insert_many(documents, ordered=False)


def _left_out(
    unions: Mapping[str, Union], left: Mapping[str, set[str]], share: Share, records: Sequence[Record]
) -> Iterator[ParkedRecord]:
    """Yield what is to be parked of full documents; only what they hold moves their positions."""
    for record in records:
        read = codec.read(record) if share.needs(record) else None
        if read is None or isinstance(read, Refusal) or read.document_id not in left:
            continue
        if fact_key(read.fact) in left[read.document_id]:
            yield ParkedRecord(record, too_many(read.document_id))
        else:
            note_position(unions[read.document_id].positions, record)
