"""How a document stands in MongoDB: the updates that add to it, and what is read back of it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pymongo import UpdateOne

from contracts.facts import Fact
from services.chassis.projection.documents import Amount, Document, Union

#: Changes whenever somebody adds facts to a document: who knows its last one knows all of its facts.
MARK = "mark"
#: Stands in a document whose facts were added without its view, until that is made.
OWED = "owed"


class Write(NamedTuple):
    """Facts, positions and the view made with them for a document that carries `mark`; None: it carries none."""

    union: Union
    progress: Mapping[str, Any] | None
    mark: str | None
    exists: bool
    owed: bool = False


def union_of(union: Union, mark: str, *, owing: bool) -> UpdateOne:
    """Return the update that adds to a document whatever it holds; the earliest place and the highest offset stay."""
    update = _merge(union) | _new(union) | {"$set": {MARK: mark} | ({OWED: True} if owing else {})}
    return UpdateOne({"_id": union.id}, update, upsert=True)


def write_of(write: Write, mark: str) -> UpdateOne:
    """Return the update that adds facts and view at once, and only to a document that is as it was read."""
    union, progress = write.union, write.progress
    update = _merge(union)
    if progress:
        update.setdefault("$max", {})["progress"] = progress
    update["$set"] = {MARK: mark, **(fullness_of(progress) if progress else {})}
    if write.owed:
        update["$unset"] = {OWED: ""}
    expected = {"_id": union.id, MARK: {"$exists": False} if write.mark is None else write.mark}
    return UpdateOne(expected, update if write.exists else update | _new(union), upsert=not write.exists)


def view_of(document: str, progress: Mapping[str, Any]) -> UpdateOne:
    """Return the update that stores a view unless one made by newer rules or from more facts stands there."""
    fullness = fullness_of(progress)
    return UpdateOne({"_id": document}, {"$max": {"progress": progress}} | ({"$set": fullness} if fullness else {}))


def settled_of(document: Document, progress: Mapping[str, Any] | None) -> UpdateOne:
    """Return the update that stores the view of a document that is as it was read, and says that it owes none."""
    update: dict[str, Any] = {"$unset": {OWED: ""}}
    if progress:
        update |= {"$max": {"progress": progress}}
        update |= {"$set": fullness} if (fullness := fullness_of(progress)) else {}
    return UpdateOne({"_id": document.id, MARK: document.mark}, update)


def read_back(found: Mapping[str, Any]) -> Document:
    """Return a document as the chassis sees it."""
    return Document(
        id=found["_id"],
        rollout=found["rollout"],
        municipality=found["municipality"],
        facts={key: Fact(*stored.values()) for key, stored in found.get("facts", {}).items()},
        positions=found["positions"],
        progress=found.get("progress"),
        full=found.get("full", False),
        mark=found.get(MARK),
        owed=found.get(OWED, False),
    )


def _merge(union: Union) -> dict[str, Any]:
    update: dict[str, Any] = {}
    if union.positions:
        update["$max"] = {f"positions.{name}": offset for name, offset in union.positions.items()}
    if union.facts:
        update["$min"] = {f"facts.{key}": fact.stored for key, fact in union.facts.items()}
    return update


def _new(union: Union) -> dict[str, Any]:
    return {"$setOnInsert": {"rollout": union.rollout, "municipality": union.municipality}}


def fullness_of(progress: Mapping[str, Any]) -> dict[str, Any]:
    """Return the field that says that a document takes no more, by the header of its view."""
    return {"full": True} if Amount(progress["held"], progress["bytes"]).full else {}
