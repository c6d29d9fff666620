"""Folding the log and judging by it, without a log: what is folded in any order is right, what is changed is not."""

import random
from dataclasses import replace

import bson
import pytest

from contracts import codec
from contracts.codec import KafkaRecord, encode
from contracts.examples import EXAMPLES, MUNICIPALITY, ROLLOUT, example
from contracts.facts import document_id, fact_key
from contracts.names import EventName
from contracts.progress import derive_settled
from services.chassis.projection.derivation import NO_ROLLOUT, Whole, stale_in
from services.chassis.projection.held import Held
from services.chassis.replay.comparison import Bounds, Kind, compare
from services.chassis.replay.fold import Fold, without_room
from services.chassis.replay.part import Part
from services.chassis.replay.shares import WHOLE as EVERY_DOCUMENT
from services.chassis.replay.shares import Asked, Selection
from services.chassis.replay.shares import shares as divided
from services.chassis.replay.traces import NO_TRACE, Traces

NOW_MS = 1_790_000_000_000
OWN, WHOLE = document_id(ROLLOUT, MUNICIPALITY), document_id(ROLLOUT, None)
BOUNDS = Bounds(start={}, fence=dict.fromkeys(("agreements-0", "notifications-0", "tasks-0"), 100), end={})


def records(*, seed: int = 8) -> list[KafkaRecord]:
    """Return every example of the catalogue, some of them told again later."""
    told = [encode(event) for event in EXAMPLES.values()]
    told += random.Random(seed).sample(told, 7)
    return [
        KafkaRecord(each.topic, 0, offset, NOW_MS + offset, each.key, each.value, each.headers)
        for offset, each in enumerate(told)
    ]


def folded(log: list[KafkaRecord]) -> dict[str, Held]:
    fold = Fold()
    for record in log:
        heard = codec.read(record)
        assert not isinstance(heard, codec.Refusal)
        fold.add(record, heard, fact_key(heard.fact))
    return {key: Held(bson.encode(fold.stored(union, derive_settled))) for key, union in fold.documents.items()}


def traced(log: list[KafkaRecord], asked: Asked | None = None) -> Traces:
    traces = Traces(asked or Asked(NOW_MS))
    traces.add(log)
    return traces


def judged(held: dict[str, Held], traces: Traces, document: str = OWN) -> set[Kind]:
    whole = Whole(list(held[WHOLE].facts.values())) if WHOLE in held else NO_ROLLOUT
    own = held.get(document)
    stale = stale_in(own, whole, derive_settled) if own else []
    found = compare(document, own, traces.documents.get(document, NO_TRACE), BOUNDS, stale)
    return {each.kind for each in found}


def test_what_is_folded_is_what_the_log_says():
    log = records()
    held, traces = folded(log), traced(log)
    assert judged(held, traces, OWN) == judged(held, traces, WHOLE) == set()


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_records_and_their_number_do_not_matter(seed: int):
    log = records()
    more = log + random.Random(seed).sample(log, 10)
    random.Random(seed).shuffle(more)
    assert {key: each.stored["facts"] for key, each in folded(more).items()} == {
        key: each.stored["facts"] for key, each in folded(log).items()
    }
    assert traced(more).documents == traced(log).documents


def test_a_fact_is_kept_at_its_first_place():
    log = records()
    again = [each._replace(offset=each.offset + 50, timestamp=each.timestamp + 50) for each in log]
    held = folded(again + log)
    assert {each.recorded for each in held[OWN].facts.values()} <= {each.timestamp for each in log}
    assert max(held[OWN].positions.values()) >= 50


def test_a_lost_document_is_missing():
    log = records()
    held = folded(log)
    del held[OWN]
    assert judged(held, traced(log)) == {Kind.MISSING_DOCUMENT}


def test_a_document_without_a_trace_is_extra():
    assert judged(folded(records()), traced([])) == {Kind.EXTRA_DOCUMENT}


def test_what_came_after_the_fence_is_not_judged():
    later = [each._replace(offset=each.offset + 200) for each in records()]
    bounds = replace(BOUNDS, end=dict.fromkeys(BOUNDS.fence, 300))
    held = folded(later)[OWN]
    assert compare(OWN, held, NO_TRACE, bounds, []) == []


def test_what_was_deleted_from_the_log_is_not_judged():
    held = folded(records())[OWN]
    bounds = Bounds(start=BOUNDS.fence, fence=BOUNDS.fence, end=BOUNDS.fence)
    assert compare(OWN, held, NO_TRACE, bounds, []) == []


def test_what_was_in_the_future_and_has_been_redriven_is_right_and_so_is_what_has_not():
    ahead = example(EventName.StakeholderOriented, id="ahead", time="2026-12-01T09:00:00.000000Z")
    message = encode(ahead)
    early = KafkaRecord(message.topic, 0, 90, NOW_MS, message.key, message.value, message.headers)
    log = records()
    judged_at = NOW_MS + 180 * 24 * 3_600_000
    heard = codec.read(early, judged_at=judged_at)
    assert not isinstance(heard, codec.Refusal)
    traces = traced([*log, early], Asked(judged_at))
    fold = Fold()
    for record in log:
        read = codec.read(record)
        assert not isinstance(read, codec.Refusal)
        fold.add(record, read, fact_key(read.fact))
    fold.add(early, heard, fact_key(heard.fact))
    redriven = Held(bson.encode(fold.stored(fold.documents[OWN], derive_settled)))
    assert judged({**folded(log), OWN: redriven}, traces) == judged(folded(log), traces) == set()


def test_only_what_is_selected_is_traced():
    assert traced(records(), Asked(NOW_MS, Selection(None, "0101"))).documents == {}


def test_a_full_document_keeps_what_it_held_before_and_then_what_came_first():
    fold = Fold()
    for offset in range(2_010):
        message = encode(example(EventName.StakeholderOriented, id=f"oriented-{offset}"))
        record = KafkaRecord(message.topic, 0, offset, NOW_MS + offset, message.key, message.value, message.headers)
        heard = codec.read(record)
        assert not isinstance(heard, codec.Refusal)
        fold.add(record, heard, fact_key(heard.fact))
    union = fold.documents[OWN]
    keys = sorted(union.facts, key=lambda key: union.facts[key].place)

    assert without_room(union, ()) == set(keys[2_000:])
    assert without_room(union, set(keys[2_005:])) == set(keys[1_995:2_005])


def test_a_document_that_has_room_leaves_nothing_out():
    fold = Fold()
    for record in records():
        heard = codec.read(record)
        assert not isinstance(heard, codec.Refusal)
        fold.add(record, heard, fact_key(heard.fact))
    assert without_room(fold.documents[OWN], ()) == set()


@pytest.mark.parametrize("shares", [1, 2, 98])
def test_a_rollout_that_is_named_like_a_municipality_is_kept_by_one_share_and_derived_with_by_all(shares: int):
    named = replace(EXAMPLES[EventName.WebinarScheduled], rollout="0147")
    own = replace(example(EventName.StakeholderOriented), rollout="0147")
    told = [encode(named), encode(own)]
    log = [
        KafkaRecord(each.topic, 0, offset, NOW_MS + offset, each.key, each.value, each.headers)
        for offset, each in enumerate(told)
    ]
    parts = [Part(share, Asked(NOW_MS)) for share in divided(shares)]
    for part in parts:
        part.add(log)

    assert sum(each.traces.records for each in parts) == len(log)
    [written] = [part.right(derive_settled) for part in parts if part.share.holds("0147:*")]
    assert "0147:*" in written
    assert all("0147:*" in part.fold.documents for part in parts)


def test_what_is_left_of_a_stored_part_are_the_traces_of_its_facts():
    log = records()
    part = Part(EVERY_DOCUMENT, Asked(NOW_MS))
    part.add(log)
    part.right(derive_settled)

    assert part.traces.documents == traced(log).documents
    assert not part.fold.documents[OWN].facts
