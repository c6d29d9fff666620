"""What has been sent, kept for good: one entry for each notice, moved on by conditional updates alone."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pymongo import DESCENDING, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError

from services.chassis.outward.ledger_entry import OUTCOMES, About, Entry, Fate
from services.chassis.projection.store import DURABLE, SETTLED, translated

DUPLICATE = 11000
GATE = "gate"
_IN_STATE = ("state", "owner", "lease", "attempts", "reason", "since", "told", "mark", "by")


class Choice(NamedTuple):
    """Which entries are asked for; None leaves all in."""

    state: Fate | None = None
    rollout: str | None = None
    municipality: str | None = None
    template: str | None = None
    key: str | None = None

    @property
    def query(self) -> dict[str, Any]:
        said = {"_id" if name == "key" else name: value for name, value in self._asdict().items()}
        return {name: value for name, value in said.items() if value is not None}


class Move(NamedTuple):
    """An entry, and what of it is to change."""

    entry: Entry
    changes: Mapping[str, Any]

    @property
    def after(self) -> Entry:
        return self.entry._replace(**self.changes)


class Gate(NamedTuple):
    """Whether anything may be sent; `reason` says why not, `restored` how many entries came from facts."""

    reason: str | None = None
    restored: int = 0
    since: int = 0


class Ledger:
    """The entries of one database, in collections that no generation holds or drops.

    Nothing is ever deleted. Every method raises StoreUnavailableError where MongoDB fails.
    """

    def __init__(self, database: Any) -> None:
        self._entries = database.get_collection("ledger", write_concern=DURABLE, read_concern=SETTLED)
        self._gates = database.get_collection("ledger_gate", write_concern=DURABLE, read_concern=SETTLED)

    async def prepare(self) -> None:
        async with translated():
            await self._entries.create_index([("state", 1), ("lease", 1)])
            await self._entries.create_index([("told", 1), ("state", 1)])
            await self._entries.create_index([("rollout", 1), ("municipality", 1), ("since", DESCENDING)])
            await self._entries.create_index([("since", DESCENDING), ("_id", DESCENDING)])

    async def of(self, keys: Iterable[str]) -> dict[str, Entry]:
        """Return the entries that there are, by key, in one reading."""
        return {each.key: each for each in await self._found({"_id": {"$in": list(keys)}})}

    async def add(self, entries: Sequence[Entry]) -> list[Entry]:
        """Insert entries and return those that nobody inserted before, in one writing."""
        if not entries:
            return []
        async with translated():
            try:
                await self._entries.insert_many([_stored(each) for each in entries], ordered=False)
            except BulkWriteError as error:
                lost = _duplicates(error)
                return [each for index, each in enumerate(entries) if index not in lost]
        return list(entries)

    async def move(self, entry: Entry, /, **changes: Any) -> Entry | None:
        """Change an entry if it still is what it was in state, owner, lease and since; None where it is not."""
        return await self._change(_held(entry), changes)

    async def move_all(self, moves: Sequence[Move]) -> list[Entry]:
        """Move entries in one writing; return those that were moved, as they are then."""
        return await self._change_all([(_held(each.entry), each) for each in moves])

    async def conclude(self, moves: Sequence[Move], owner: str) -> list[Entry]:
        """Write what came of sendings, by who sent them, also where one counts as unknown by now; in one writing."""
        ours = {"owner": owner, "state": {"$in": [Fate.SENDING, Fate.UNKNOWN]}}
        return await self._change_all([({"_id": each.entry.key, **ours}, each) for each in moves])

    async def lose(self, now: int) -> int:
        """Say of every sending whose lease is over that nobody knows; return how many."""
        change = {"state": Fate.UNKNOWN, "reason": "no_answer", "since": now, "told": False}
        async with translated():
            written = await self._entries.update_many({"state": Fate.SENDING, "lease": {"$lt": now}}, {"$set": change})
        return int(written.modified_count)

    async def untold(self, limit: int) -> list[Entry]:
        """Return outcomes that may not stand on the log yet."""
        return await self._found({"told": False, "state": {"$in": list(OUTCOMES)}}, limit=limit)

    async def tell(self, entries: Sequence[Entry]) -> None:
        """Note that these outcomes stand on the log; one that has changed meanwhile is told again."""
        async with translated():
            await self._entries.bulk_write([UpdateOne(_held(each), {"$set": {"told": True}}) for each in entries])

    async def restore(self, entries: Sequence[Entry]) -> int:
        """Put outcomes that the log knows into the place of what is missing or says less; return how many."""
        added = await self.add(entries)
        less = {"$nin": [Fate.SENT, Fate.FAILED, Fate.SUPPRESSED]}
        rest = [each for each in entries if each not in added]
        moved = [await self._change({"_id": each.key, "state": less}, _in_state(each)) for each in rest]
        return len(added) + sum(1 for each in moved if each)

    async def page(self, choice: Choice, *, before: tuple[int, str] | None, limit: int) -> list[Entry]:
        """Return chosen entries, the latest change first."""
        query = choice.query
        if before is not None:
            since, key = before
            query = {"$and": [query, {"$or": [{"since": {"$lt": since}}, {"since": since, "_id": {"$lt": key}}]}]}
        return await self._found(query, limit=limit)

    async def counts(self) -> dict[Fate, int]:
        """Return how many entries are in each state."""
        async with translated():
            cursor = await self._entries.aggregate([{"$group": {"_id": "$state", "n": {"$sum": 1}}}])
            grouped = await cursor.to_list(None)
        found = {each["_id"]: each["n"] for each in grouped}
        return {state: found.get(state, 0) for state in Fate}

    async def oldest(self, state: Fate) -> int | None:
        """Return since when the oldest entry of a state is in it."""
        async with translated():
            found = await self._entries.find({"state": state}).sort("since", 1).limit(1).to_list(None)
        return found[0]["since"] if found else None

    async def gate(self) -> Gate:
        async with translated():
            found = await self._gates.find_one({"_id": GATE})
        return Gate(found["reason"], found["restored"], found["since"]) if found else Gate()

    async def shut(self, reason: str, restored: int, now: int) -> None:
        """Let nothing be sent until an operator says so."""
        change = {"$set": {"reason": reason, "since": now}, "$inc": {"restored": restored}}
        async with translated():
            await self._gates.update_one({"_id": GATE}, change, upsert=True)

    async def open(self, now: int, by: str) -> bool:
        """Let mails be sent again; return whether they were not."""
        async with translated():
            opened = await self._gates.update_one(
                {"_id": GATE, "reason": {"$ne": None}},
                {"$set": {"reason": None, "since": now, "by": by, "restored": 0}},
            )
        return bool(opened.modified_count)

    async def _change(self, query: Mapping[str, Any], changes: Mapping[str, Any]) -> Entry | None:
        async with translated():
            found = await self._entries.find_one_and_update(
                query, {"$set": dict(changes)}, return_document=ReturnDocument.AFTER
            )
        return _entry(found) if found else None

    async def _change_all(self, changes: Sequence[tuple[Mapping[str, Any], Move]]) -> list[Entry]:
        """Return the entries that stand there as they were to; looked at once more only where some do not."""
        if not changes:
            return []
        updates = [UpdateOne(query, {"$set": dict(move.changes)}) for query, move in changes]
        async with translated():
            written = await self._entries.bulk_write(updates, ordered=False)
        after = [move.after for _, move in changes]
        if written.matched_count == len(after):
            return after
        held = await self.of(each.key for each in after)
        return [each for each in after if held.get(each.key) == each]

    async def _found(self, query: Mapping[str, Any], limit: int = 0) -> list[Entry]:
        async with translated():
            cursor = self._entries.find(query).sort([("since", DESCENDING), ("_id", DESCENDING)]).limit(limit)
            return [_entry(each) for each in await cursor.to_list(None)]


def _duplicates(error: BulkWriteError) -> set[int]:
    """Return which entries were there already; any other fault is raised."""
    details = error.details
    if details.get("writeConcernErrors") or any(each["code"] != DUPLICATE for each in details["writeErrors"]):
        raise error
    return {each["index"] for each in details["writeErrors"]}


def _held(entry: Entry) -> dict[str, Any]:
    return {"_id": entry.key, **{name: getattr(entry, name) for name in ("state", "owner", "lease", "since")}}


def _stored(entry: Entry) -> dict[str, Any]:
    about = entry.about._asdict()
    return {"_id": about.pop("key"), **about, **_in_state(entry), "first": entry.first}


def _in_state(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in _IN_STATE}


def _entry(found: Mapping[str, Any]) -> Entry:
    about = About(found["_id"], *(found[name] for name in About._fields[1:]))
    return Entry(about=about, first=found["first"], **_state(found))


def _state(found: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: found.get(name) for name in _IN_STATE}, "state": Fate(found["state"])}
