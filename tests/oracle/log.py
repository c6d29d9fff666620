"""The pure fold of a log into documents, and one digest that it and a database must have in common."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from tests.oracle.reading import Told, canonical
from tests.oracle.wire import ParkedError, Raw, read


class Document(NamedTuple):
    """The set of facts heard about a municipality, or about a rollout, and the highest offset of each partition."""

    facts: tuple[Told, ...]
    positions: Mapping[str, int]


class Folded(NamedTuple):
    """Documents by (rollout, municipality or None), and what was parked: (topic, partition, offset) and reason."""

    documents: dict[tuple[str, str | None], Document]
    parked: list[tuple[tuple[str, int, int], str]]


def fold(records: Iterable[Raw]) -> Folded:
    """Fold records, in any order and told any number of times. Full documents are no part of it."""
    heard: dict[tuple[str, str | None], list[Told]] = {}
    parked: set[tuple[tuple[str, int, int], str]] = set()
    for record in records:
        try:
            rollout, municipality, told = read(record)
        except ParkedError as reason:
            parked.add(((record.topic, record.partition, record.offset), str(reason)))
        else:
            heard.setdefault((rollout, municipality), []).append(told)
    return Folded({about: _document(tellings) for about, tellings in heard.items()}, sorted(parked))


def _document(tellings: list[Told]) -> Document:
    """One fact told twice is held once, at its first place on the log; positions count every telling."""
    first: dict[object, Told] = {}
    positions: dict[str, int] = {}
    for told in sorted(tellings, key=lambda each: each.place):
        first.setdefault((told.identity, told.content), told)
        _, topic, partition, offset = told.place
        at = f"{topic.removeprefix('klarmeld.')}-{partition}"
        positions[at] = max(offset, positions.get(at, offset))
    return Document(tuple(first.values()), positions)


def digest(documents: Mapping[tuple[str, str | None], Document]) -> str:
    """Return the SHA-256 of all documents: facts with their places, and positions."""
    return _sha256(
        {
            f"{rollout}:{municipality or '*'}": _said([_row(told) for told in document.facts], document.positions)
            for (rollout, municipality), document in documents.items()
        }
    )


def digest_of_stored(documents: Iterable[Mapping[str, Any]]) -> str:
    """Return the same of documents as MongoDB holds them, whatever else they hold."""
    return _sha256(
        {
            document["_id"]: _said(
                [_stored_row(fact) for fact in document.get("facts", {}).values()], document.get("positions", {})
            )
            for document in documents
        }
    )


def _row(told: Told) -> list[Any]:
    return [*told.place, told.source, told.id, told.type, told.subject, told.instant, canonical(told.data)]


def _stored_row(fact: Mapping[str, Any]) -> list[Any]:
    place = [int(fact["recorded"]), fact["topic"], int(fact["partition"]), int(fact["offset"])]
    data = json.loads(fact["body"], parse_float=Decimal)
    return [*place, fact["source"], fact["id"], fact["type"], fact["subject"], fact["time"], canonical(data)]


def _said(rows: list[list[Any]], positions: Mapping[str, int]) -> dict[str, Any]:
    return {"facts": sorted(rows), "positions": {at: int(offset) for at, offset in positions.items()}}


def _sha256(documents: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(documents).encode()).hexdigest()
