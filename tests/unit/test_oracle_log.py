"""A log comes to one set of documents in any order, told any number of times and cut into any batches."""

from collections.abc import Iterable, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.codec import read
from contracts.facts import Heard, fact_key
from contracts.records import KafkaRecord
from contracts.refusals import Refusal
from contracts.topics import partition_name
from tests.oracle.log import digest, digest_of_stored, fold
from tests.records_bent import records
from tests.worlds import searched

Stored = dict[str, dict[str, Any]]
LOGS = st.lists(records(bends=1), max_size=12)


def stored(batches: Iterable[Sequence[KafkaRecord]]) -> Stored:
    """What the database holds after these batches: the earliest place of each fact, the highest offsets."""
    documents: Stored = {}
    for batch in batches:
        for record in batch:
            heard = read(record)
            if isinstance(heard, Heard):
                _merge(documents, heard)
    return documents


def _merge(documents: Stored, heard: Heard) -> None:
    """`$min facts.<key>`, `$max positions.<tp>`: MongoDB compares the fields of a fact in their order."""
    document = documents.setdefault(heard.document_id, {"_id": heard.document_id, "facts": {}, "positions": {}})
    key, fact = fact_key(heard.fact), heard.fact
    known = document["facts"].get(key)
    document["facts"][key] = fact._asdict() if known is None else min(fact, type(fact)(**known))._asdict()
    at = partition_name(fact.topic, fact.partition)
    document["positions"][at] = max(fact.offset, document["positions"].get(at, fact.offset))


@searched
@given(LOGS, st.data())
def test_any_order_any_doubles_and_any_batches_are_the_pure_fold_of_the_log(
    log: list[KafkaRecord], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(log), max_size=4)) if log else []
    shuffled = data.draw(st.permutations([*log, *again]))
    cut = data.draw(st.integers(0, len(shuffled)))
    documents = stored([shuffled[:cut], shuffled[cut:]])
    assert digest_of_stored(documents.values()) == digest(fold(log).documents)


@searched
@given(LOGS)
def test_what_is_no_fact_is_parked_at_its_place_with_its_reason(log: list[KafkaRecord]) -> None:
    parked = {
        ((record.topic, record.partition, record.offset), heard.reason.value)
        for record in log
        if isinstance(heard := read(record), Refusal)
    }
    assert fold(log).parked == sorted(parked)


@searched
@given(st.lists(records(bends=0), min_size=2, max_size=6))
def test_a_lost_fact_shows_in_the_digest(log: list[KafkaRecord]) -> None:
    whole, documents = digest(fold(log).documents), stored([log])
    for document in documents.values():
        kept = dict(list(document["facts"].items())[1:])
        assert digest_of_stored({**documents, document["_id"]: document | {"facts": kept}}.values()) != whole


@searched
@given(st.lists(records(bends=0), min_size=1, max_size=6))
def test_a_position_that_is_behind_shows_in_the_digest(log: list[KafkaRecord]) -> None:
    whole, documents = digest(fold(log).documents), stored([log])
    for document in documents.values():
        behind = {at: offset - 1 for at, offset in document["positions"].items()}
        assert digest_of_stored({**documents, document["_id"]: document | {"positions": behind}}.values()) != whole


def test_a_place_that_is_later_than_the_first_shows_in_the_digest() -> None:
    message = KafkaRecord("klarmeld.tasks", 0, 7, 1_798_675_200_000, b"0101", _ORIENTED, _HEADERS)
    later = stored([[message._replace(offset=8)]])
    assert digest_of_stored(later.values()) != digest(fold([message, message._replace(offset=8)]).documents)


_ORIENTED = b'{"role": "aftaleadministrator", "topics": ["plan"]}'
_HEADERS = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"e1"),
    ("ce_source", b"/klarmeld/tasks"),
    ("ce_type", b"dk.klarmeld.StakeholderOriented.v1"),
    ("ce_subject", b"aftaleadministrator"),
    ("ce_time", b"2026-02-01T09:00:00Z"),
    ("ce_dataschema", b"StakeholderOriented.v1.json"),
    ("ce_rollout", b"efaktura-8b"),
    ("ce_municipality", b"0101"),
    ("ce_partitionkey", b"0101"),
]
