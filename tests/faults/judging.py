"""What a projection must hold, folded from the whole log in the plainest way, and how the real one differs from it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from contracts import codec
from contracts.facts import WHOLE_ROLLOUT, Fact, document_id, fact_key
from contracts.refusals import Refusal
from contracts.topics import partition_name
from tests.oracle import log as oracle
from tests.oracle.compared import unlike
from tests.oracle.counting import counting
from tests.oracle.reading import Told
from tests.oracle.view import of_counting

MOST_FACTS = 2_000
#: About so many bytes; around each body and subject another 400.
MOST_BYTES = 4 * 1024 * 1024
#: Of a parked record larger than this only the beginning is kept.
LARGEST_WHOLE = 8 * 1024 * 1024
Places = dict[str, int]


class Folded(NamedTuple):
    """Facts, positions and bytes by document, and each parked record with its reason by place."""

    facts: dict[str, dict[str, Fact]]
    positions: dict[str, Places]
    parked: dict[str, tuple[str, Any]]
    sizes: Places


def fold(records: Iterable[Any]) -> Folded:
    """Return what the records come to, one after the other."""
    folded = Folded({}, {}, {}, {})
    for record in records:
        read = codec.read(record)
        if isinstance(read, Refusal):
            folded.parked[_place(record)] = (str(read.reason), record)
        else:
            _add(folded, read.document_id, read.fact, record)
    return folded


def _add(folded: Folded, document: str, fact: Fact, record: Any) -> None:
    facts = folded.facts.setdefault(document, {})
    key = fact_key(fact)
    if key not in facts and (len(facts) >= MOST_FACTS or folded.sizes.get(document, 0) >= MOST_BYTES):
        folded.parked[_place(record)] = ("too_many_facts", record)
        return
    if key not in facts:
        folded.sizes[document] = folded.sizes.get(document, 0) + len(fact.body) + len(fact.subject) + 400
    facts[key] = min(fact, facts.get(key, fact), key=lambda each: each.place)
    positions = folded.positions.setdefault(document, {})
    name = partition_name(record.topic, record.partition)
    positions[name] = max(positions.get(name, -1), record.offset)


async def differences(database: Any, records: Sequence[Any]) -> list[str]:
    """Return a sentence for each thing in which the stored projection is not what the log says; none is right."""
    folded, told = fold(records), oracle.fold(records)
    stored = {each["_id"]: each async for each in database.progress_1.find()}
    parked = {each["_id"]: each async for each in database.parked.find()}
    return [
        *_of_documents(folded, stored),
        *_of_parked(folded, parked),
        *_of_progress(told, stored),
        *_by_the_oracle(told, stored, parked),
    ]


def _by_the_oracle(folded: oracle.Folded, stored: Mapping[str, Any], parked: Mapping[str, Any]) -> Iterator[str]:
    """Compare with a fold that shares no code with production; full documents are no part of it."""
    full = {tuple(name.split(":")) for name, document in stored.items() if document.get("full")}
    told = {
        about: each for about, each in folded.documents.items() if (about[0], about[1] or WHOLE_ROLLOUT) not in full
    }
    held = [each for each in stored.values() if not each.get("full")]
    if oracle.digest(told) != oracle.digest_of_stored(held):
        yield f"the oracle's digest of {len(told)} documents is not that of the {len(held)} stored ones"
    reasons = {f"{topic}-{partition}-{offset}": reason for (topic, partition, offset), reason in folded.parked}
    kept = {place: each["reason"] for place, each in parked.items() if each["reason"] != "too_many_facts"}
    if reasons != kept:
        yield f"the oracle parks {len(reasons)} records, not {len(kept)}: {sorted(reasons.items() ^ kept.items())[:4]}"


def _of_documents(folded: Folded, stored: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(folded.facts.keys() ^ stored.keys()):
        yield f"{name} is {'missing' if name in folded.facts else 'nowhere on the log'}"
    for name in sorted(folded.facts.keys() & stored.keys()):
        held = {key: tuple(fact.values()) for key, fact in stored[name]["facts"].items()}
        wanted = {key: tuple(fact) for key, fact in folded.facts[name].items()}
        if held != wanted:
            yield f"{name} holds {len(held)} facts, {len(held.items() & wanted.items())} of {len(wanted)} as told"
        if stored[name]["positions"] != folded.positions[name]:
            yield f"{name} has positions {stored[name]['positions']}, not {folded.positions[name]}"


def _of_parked(folded: Folded, parked: Mapping[str, Any]) -> Iterator[str]:
    for place in sorted(folded.parked.keys() ^ parked.keys()):
        yield f"{place} is {'not parked' if place in folded.parked else 'parked without reason'}"
    for place in sorted(folded.parked.keys() & parked.keys()):
        reason, record = folded.parked[place]
        kept = parked[place]
        if kept["reason"] != reason:
            yield f"{place} is parked for {kept['reason']}, not {reason}"
        if not _as_it_came(kept, record):
            yield f"{place} is not parked as it came"


def _as_it_came(kept: Mapping[str, Any], record: Any) -> bool:
    value = record.value
    if value is not None and len(value) > LARGEST_WHOLE:
        return bool(kept["value"]) and value.startswith(kept["value"])
    headers = [list(header) for header in record.headers]
    return (kept["key"], kept["value"], kept["headers"]) == (record.key, value, headers)


def _of_progress(told: oracle.Folded, stored: Mapping[str, Any]) -> Iterator[str]:
    """Compare each view with what the oracle reads in the log; of full documents it knows too much."""
    for name, document in stored.items():
        rollout, code = document["rollout"], document["municipality"]
        whole = stored.get(document_id(rollout, None), {"facts": {}})
        if code != WHOLE_ROLLOUT and not document.get("full") and not whole.get("full"):
            own, of_all = (counting(_told(told, rollout, each)) for each in (code, None))
            many = len(document["facts"]) + len(whole["facts"])
            yield from _of_view(name, document, of_counting(own, of_all), many)


def _told(told: oracle.Folded, rollout: str, code: str | None) -> Sequence[Told]:
    found = told.documents.get((rollout, code))
    return found.facts if found else ()


def _of_view(name: str, document: Mapping[str, Any], right: Mapping[str, Any], facts: int) -> Iterator[str]:
    progress = document.get("progress") or {}
    if progress.get("facts") != facts:
        yield f"{name} shows a view of {progress.get('facts')} facts, not {facts}"
    if progress:
        yield from (f"{name}: {each}" for each in unlike(progress, right))


def _place(record: Any) -> str:
    return f"{record.topic}-{record.partition}-{record.offset}"
