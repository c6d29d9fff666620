"""The projection in MongoDB: the union of facts, what is derived from them, and which generation is live."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeVar

from opentelemetry.trace import SpanKind
from pymongo import ReturnDocument, UpdateOne, WriteConcern
from pymongo.errors import BulkWriteError, PyMongoError
from pymongo.read_concern import ReadConcern

from services.chassis import clock, tracing
from services.chassis.errors import StoreUnavailableError
from services.chassis.projection.arrivals import Arrivals
from services.chassis.projection.documents import FULL_BYTES, FULL_FACTS, LEAST_FACT_BYTES, Amount, Document, Union
from services.chassis.projection.stored import MARK, OWED, Write, read_back, settled_of, union_of, view_of, write_of
from services.chassis.projection.transaction import TRANSIENT, at_once, ours
from services.chassis.projection.written import Written

Found = TypeVar("Found")

DURABLE = WriteConcern(w="majority", j=True)
#: What majority has acknowledged: a view can't be taken back by an election.
SETTLED = ReadConcern("majority")
POINTER = "pointer"
Result = TypeVar("Result")
#: Documents whose facts are sent at once; what is sent stands in memory three times meanwhile.
AT_ONCE = 1_000
#: MongoDB's code for a document that exists already.
EXISTS = 11_000
#: Where the stored view names the agreements of a municipality.
AGREEMENTS = "progress.tracks.agreement.agreements"


class Place(NamedTuple):
    """Whose document something stands in."""

    rollout: str
    municipality: str


class PointerMissingError(StoreUnavailableError):
    """The database has no pointer: no service has prepared it yet, or it was dropped."""


class Generation(NamedTuple):
    """The collection that readers see, and those that are written with it: older ones kept, or one being built."""

    live: str
    also: tuple[str, ...] = ()

    @property
    def in_writing_order(self) -> tuple[str, ...]:
        """Others first, live last: what a reader has seen in the live one is in the others too."""
        return (*self.also, self.live)


FIRST = Generation("progress_1")


class Store:
    """The documents of one service. Every method raises StoreUnavailableError where MongoDB fails."""

    def __init__(self, database: Any) -> None:
        self._database = database
        self._generations = database.get_collection("generations", write_concern=DURABLE, read_concern=SETTLED)
        self._looked_in: Generation | None = None
        self.written = Written()
        self.arrivals = Arrivals()

    def collection(self, name: str) -> Any:
        return self._database.get_collection(name, write_concern=DURABLE, read_concern=SETTLED)

    async def prepare(self) -> None:
        """Create what must exist before the first batch: the pointer, and the live collection's indexes."""
        async with translated():
            await self._generations.update_one(
                {"_id": POINTER}, {"$setOnInsert": {"live": FIRST.live, "also": []}}, upsert=True
            )
        for name in (await self.generation()).in_writing_order:
            await self.prepare_collection(name)

    async def prepare_collection(self, name: str) -> None:
        async with translated():
            await self.collection(name).create_index([("rollout", 1), ("municipality", 1)])
            await self.collection(name).create_index([(f"{AGREEMENTS}.agreement_id", 1)], sparse=True)
            await self.collection(name).create_index([(OWED, 1), ("_id", 1)], partialFilterExpression={OWED: True})

    async def generation(self) -> Generation:
        async with translated():
            pointer = await self._generations.find_one({"_id": POINTER})
        if pointer is None:
            raise PointerMissingError("The generations' pointer is missing; restart the service to create it.")
        return Generation(pointer["live"], tuple(pointer["also"]))

    async def of_live(self, read: Callable[[str], Awaitable[Found]]) -> Found:
        """Return what `read` finds in the live generation, and was live after it had been read.

        Writers write the live generation last. One that is no longer live is written before the new one, so that what
        was read in it after the swap may not stand in the new one yet: such a reading is thrown away and made again.
        Looked in is where the last reader looked, so that most readings need the pointer only once; `read` does not
        raise for what it does not find, for it may have looked in a generation that is gone.
        """
        while True:
            generation = self._looked_in or await self.generation()
            found = await read(generation.live)
            self._looked_in = await self.generation()
            if self._looked_in == generation:
                return found

    async def repoint(self, expected: Generation, new: Generation, *, session: Any = None) -> bool:
        """Make `new` the generation if `expected` still is; one write. Returns whether it was."""
        async with translated():
            found = await self._generations.find_one_and_update(
                {"_id": POINTER, "live": expected.live, "also": list(expected.also)},
                {"$set": {"live": new.live, "also": list(new.also)}},
                return_document=ReturnDocument.AFTER,
                session=session,
            )
        return found is not None

    async def at_once(self, work: Callable[[Any], Awaitable[Result]]) -> Result:
        """Run `work(session)` in one transaction, again where another got in its way: all of its writes, or none."""
        return await at_once(self._database.client, work, DURABLE)

    async def ping(self) -> None:
        async with translated():
            await self._database.command("ping")

    async def union(self, collection: str, unions: Sequence[Union], *, owing: bool = False) -> None:
        """Add facts and positions; the earliest place of a fact and the highest offset of a partition stay.

        `owing`: nobody derives these documents now, and they say so.
        """
        mark = clock.new_id()
        async with self._writing("union", [union.id for union in unions]):
            for start in range(0, len(unions), AT_ONCE):
                some = unions[start : start + AT_ONCE]
                writes = [union_of(union, mark, owing=owing) for union in some]
                await self.collection(collection).bulk_write(writes, ordered=False)

    async def write_progress(self, collection: str, progress: Mapping[str, Mapping[str, Any]]) -> None:
        """Store each document's derived view unless one made by newer rules or from more facts stands there."""
        writes = [view_of(key, value) for key, value in progress.items()]
        async with self._writing("progress", progress):
            await self.collection(collection).bulk_write(writes, ordered=False)

    async def owe(self, collection: str, rollouts: Collection[str]) -> None:
        """Have every document of these rollouts say that it owes its view; whoever derives one now does so in vain."""
        owing = {"$set": {MARK: clock.new_id(), OWED: True}}
        async with translated():
            await self.collection(collection).update_many({"rollout": {"$in": sorted(rollouts)}}, owing)

    async def owed(self, collection: str, after: str, most: int) -> list[Document]:
        """Return the documents that owe their view and whose ids come after one, `most` of them."""
        query = {OWED: True, "_id": {"$gt": after}}
        async with translated():
            found = await self.collection(collection).find(query).sort("_id", 1).limit(most).to_list(None)
        return [read_back(each) for each in found]

    async def count_owed(self, collection: str) -> int:
        async with translated():
            count: int = await self.collection(collection).count_documents({OWED: True})
        return count

    async def settle(self, collection: str, views: Sequence[tuple[Document, Mapping[str, Any] | None]]) -> None:
        """Store the views of documents that are as they were read; the others go on owing theirs."""
        async with self._writing("settle", [document.id for document, _ in views]):
            await self.collection(collection).bulk_write([settled_of(*each) for each in views], ordered=False)

    async def write(self, collection: str, writes: Sequence[Write], mark: str) -> set[str]:
        """Add facts and views to documents that are as they were read; return the ids of those that are not.

        What was written carries `mark`, which nothing else ever may.
        """
        ids = [each.union.id for each in writes]
        async with self._writing("write", ids):
            if await self._all_taken(collection, [write_of(each, mark) for each in writes]):
                return set()
            taken = await self.collection(collection).find({"_id": {"$in": ids}, MARK: mark}, {"_id": 1}).to_list(None)
        return {*ids} - {each["_id"] for each in taken}

    @asynccontextmanager
    async def _writing(self, name: str, documents: Collection[str]) -> AsyncIterator[None]:
        """Write inside of a span that says how many documents, remember for this process which, and wake who waits."""
        with tracing.span(f"store {name}", kind=SpanKind.CLIENT, attributes={"documents": len(documents)}):
            self.written.note(documents)
            async with translated():
                yield
        self.arrivals.tell(documents)

    async def _all_taken(self, collection: str, updates: Sequence[UpdateOne]) -> bool:
        try:
            result = await self.collection(collection).bulk_write(updates, ordered=False)
        except BulkWriteError as error:
            if any(each["code"] != EXISTS for each in error.details["writeErrors"]) or _not_durable(error):
                raise
            return False
        return bool(result.matched_count + result.upserted_count == len(updates))

    async def marks(self, collection: str, ids: Iterable[str]) -> dict[str, str | None]:
        """Return the marks of those documents that exist."""
        async with translated():
            found = await self.collection(collection).find({"_id": {"$in": list(ids)}}, {MARK: 1}).to_list(None)
        return {each["_id"]: each.get(MARK) for each in found}

    async def documents(self, collection: str, ids: Iterable[str]) -> list[Document]:
        async with translated():
            return await self._read(collection, {"_id": {"$in": list(ids)}})

    async def of_rollouts(self, collection: str, rollouts: Iterable[str]) -> list[Document]:
        """Return every document of these rollouts, the rollouts' own among them."""
        async with translated():
            return await self._read(collection, {"rollout": {"$in": list(rollouts)}})

    async def nearly_full(self, collection: str, ids: Iterable[str], most: Amount) -> list[Document]:
        """Return those documents that `most` more might fill; by their own size, whatever was derived of them."""
        least = min((FULL_FACTS - most.facts) * LEAST_FACT_BYTES, (FULL_BYTES - most.bytes) // 2)
        large = {"$expr": {"$gte": [{"$bsonSize": "$$ROOT"}, max(0, least)]}}
        async with translated():
            return await self._read(collection, {"_id": {"$in": list(ids)}, **large})

    async def knows_rollout(self, collection: str, rollout: str) -> bool:
        async with translated():
            return await self.collection(collection).find_one({"rollout": rollout}, {"_id": 1}) is not None

    async def rollouts(self, collection: str) -> list[str]:
        """Return every rollout that anything is known of."""
        async with translated():
            return sorted(await self.collection(collection).distinct("rollout"))

    async def places_of_agreement(self, collection: str, agreement_id: str) -> list[Place]:
        """Return where an agreement of this id is known, whatever the rollout."""
        query = {f"{AGREEMENTS}.agreement_id": agreement_id}
        async with translated():
            found = await self.collection(collection).find(query, {"rollout": 1, "municipality": 1}).to_list(None)
        return sorted(Place(each["rollout"], each["municipality"]) for each in found)

    async def with_overdue_agreements(self, collection: str, states: Iterable[str], today: str) -> list[Document]:
        """Return the documents that hold an agreement in one of `states` whose `sign_by` lies before `today`."""
        overdue = {"state": {"$in": sorted(states)}, "sign_by": {"$lt": today}}
        async with translated():
            return await self._read(collection, {AGREEMENTS: {"$elemMatch": overdue}})

    async def elsewhere(self, collection: str, rollout: str, municipality: str, eans: Sequence[str]) -> list[str]:
        """Return those of `eans` that are active at another municipality of the rollout too."""
        if not eans:
            return []
        fields = [f"progress.tracks.forwarding.eans.{ean}" for ean in eans]
        query = {
            "rollout": rollout,
            "municipality": {"$ne": municipality},
            "$or": [{field: {"$exists": True}} for field in fields],
        }
        async with translated():
            found = await self.collection(collection).find(query, dict.fromkeys(fields, 1)).to_list(None)
        active = {ean for each in found for ean in each["progress"]["tracks"]["forwarding"]["eans"]}
        return [ean for ean in eans if ean in active]

    async def changes(self, wanted: Callable[[], bool]) -> AsyncIterator[str | None]:
        """Yield the id of each document whose view changes, until another generation becomes live.

        First of all None: from then on changes are told, and what was read before that may be older. It also ends
        where they are `wanted` no more: each change of every document is one that MongoDB reads to find those.
        """
        live = (await self.generation()).live
        about = [
            {"ns.coll": live, "updateDescription.updatedFields.progress": {"$exists": True}},
            {"ns.coll": live, "operationType": "insert"},
            {"ns.coll": "generations"},
        ]
        pipeline = [{"$match": {"$or": about}}, {"$project": {"documentKey": 1, "ns": 1}}]
        async with translated(), await self._database.watch(pipeline, max_await_time_ms=1_000) as stream:
            yield None
            while stream.alive and wanted():
                change = await stream.try_next()
                if change is None:
                    continue
                if change["ns"]["coll"] != live:
                    return
                yield change["documentKey"]["_id"]

    async def _read(self, collection: str, query: Mapping[str, Any]) -> list[Document]:
        found = await self.collection(collection).find(query).to_list(None)
        return [read_back(each) for each in found]


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Turn the driver's errors into ours."""
    try:
        yield
    except PyMongoError as error:
        if error.has_error_label(TRANSIENT):
            raise  # Store.at_once decides whether the whole transaction is tried again
        raise ours(error) from error


def _not_durable(error: BulkWriteError) -> bool:
    return bool(error.details["writeConcernErrors"])
