"""What a rebuild would change in the views, document by document and value by value, before anything is written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from contracts import codec
from contracts.diff import differences
from contracts.facts import Fact, document_id, fact_key
from contracts.refusals import Refusal
from services.chassis.log.log_reader import Offsets, records_between
from services.chassis.projection.derivation import NO_ROLLOUT, Whole, derived
from services.chassis.projection.generations import pointed_at
from services.chassis.projection.held import Held
from services.chassis.projection.scanning import again, in_order
from services.chassis.projection.target import Subject, Target, reached
from services.chassis.replay.fold import Fold
from services.chassis.replay.judging import Tell
from services.chassis.replay.shares import Asked
from services.chassis.replay.verify import verify

#: Documents folded at once; more take another round through the log.
DOCUMENTS_AT_ONCE = 5_000
#: The first fields of a view order views; nobody reads them.
_ORDERING = ("rules", "seniority", "bytes", "held")


class Changed(NamedTuple):
    """One value of a document's view that would be another one; None where there is none."""

    document: str
    path: str
    before: Any
    after: Any


async def changes(target: Target, asked: Asked, *, tell: Tell) -> list[Changed]:
    """Return everything that would change, by document and path."""
    report = await verify(target, asked, tell=tell)
    async with reached(target) as subject:
        documents = await _affected(subject, {each.document for each in report.judgement.differences})
        start, fence = await subject.reader.beginnings(), await subject.reader.ends()
        found: list[Changed] = []
        for some in _chunks(sorted(documents)):
            fold = await _folded(subject, set(some), start, fence, tell)
            live = (await pointed_at(subject.store)).live
            found += _changed(subject, some, fold, await again(subject.store, live, {each: each for each in some}))
        return found


async def _affected(subject: Subject, differing: set[str]) -> set[str]:
    """Return the municipalities that differ, and all of a rollout whose own document does."""
    wholes = {each for each in differing if each == document_id(_rollout(each), None)}
    affected = differing - wholes
    if wholes:
        live = (await pointed_at(subject.store)).live
        async for chunk in in_order(subject.store, live):
            affected |= {each.id for each in chunk if document_id(each.rollout, None) in wholes}
    return affected - wholes


async def _folded(subject: Subject, documents: set[str], start: Offsets, fence: Offsets, tell: Tell) -> Fold:
    wanted = documents | {document_id(_rollout(each), None) for each in documents}
    fold, done = Fold(), 0
    async for records in subject.reader.records(start, fence):
        for record in records:
            read = codec.read(record)
            if not isinstance(read, Refusal) and read.document_id in wanted:
                fold.add(record, read, fact_key(read.fact))
        done += len(records)
        tell("deriving anew", done, records_between(start, fence))
    return fold


def _changed(subject: Subject, documents: Iterable[str], fold: Fold, live: Mapping[str, Held]) -> Iterator[Changed]:
    wholes: dict[str, Whole] = {}
    for each in documents:
        rollout = document_id(_rollout(each), None)
        if rollout not in wholes:
            wholes[rollout] = Whole(_facts(fold, rollout)) if rollout in fold.documents else NO_ROLLOUT
        held = live.get(each)
        before = held.progress if held else None
        own = _facts(fold, each)
        after = derived(own, wholes[rollout], subject.derive) if own else {}
        for value in differences(shown(before or {}), shown(after)):
            yield Changed(each, value["path"], value["before"], value["after"])


def _facts(fold: Fold, document: str) -> list[Fact]:
    union = fold.documents.get(document)
    return list(union.facts.values()) if union else []


def shown(progress: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored view without the fields that nobody reads."""
    return {name: value for name, value in progress.items() if name not in _ORDERING}


def _rollout(document: str) -> str:
    return document.partition(":")[0]


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    return (names[start : start + DOCUMENTS_AT_ONCE] for start in range(0, len(names), DOCUMENTS_AT_ONCE))
