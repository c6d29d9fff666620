"""What a projection document weighs, when it is full, and which of two views of it is the newer one."""

from itertools import permutations

import bson
from hypothesis import given
from hypothesis import strategies as st

from contracts.codec import LARGEST
from contracts.examples import EXAMPLES
from contracts.facts import Fact, fact_key
from contracts.topics import Topic
from services.chassis.projection.documents import (
    FEWEST_FULL,
    FULL_BYTES,
    FULL_FACTS,
    LEAST_FACT_BYTES,
    Amount,
    header,
    seniority,
    size_of,
)
from tests.facts_made import as_fact, fact, placed


def one(*, recorded: int = 1_000, topic: str = Topic.TASKS, partition: int = 0, offset: int = 0) -> Fact:
    [plain] = placed([fact("StakeholderOriented")])
    return as_fact(plain | {"recorded": recorded, "topic": topic, "partition": partition, "offset": offset})


def bytes_in_mongodb(held: Fact) -> int:
    return len(bson.encode({fact_key(held): held._asdict()})) - len(bson.encode({}))


def test_no_example_takes_fewer_bytes_than_the_least():
    for name in EXAMPLES:
        [plain] = placed([fact(name)])
        assert bytes_in_mongodb(as_fact(plain)) >= LEAST_FACT_BYTES


def test_the_shortest_fact_takes_more_than_the_least():
    shortest = one()._replace(source="/eg/x", id="x", type="dk.klarmeld.TaskCompleted.v1", subject="x", body='{"x":1}')
    assert bytes_in_mongodb(shortest._replace(body='{"by_role":"erp_dialog","task_id":"x"}')) >= LEAST_FACT_BYTES


def test_a_size_is_never_twice_what_mongodb_needs():
    for name in EXAMPLES:
        [plain] = placed([fact(name)])
        assert size_of([as_fact(plain)]) < 2 * bytes_in_mongodb(as_fact(plain))


def test_a_document_is_full_by_facts_or_by_bytes():
    assert not Amount(FULL_FACTS - 1, FULL_BYTES - 1).full
    assert Amount(FULL_FACTS, 0).full
    assert Amount(0, FULL_BYTES).full


def test_fewer_facts_than_the_fewest_leave_room_however_large_they_are():
    largest = one()._replace(subject="s" * LARGEST, body="b" * LARGEST)
    fewer, as_many = ([largest] * number for number in (FEWEST_FULL - 1, FEWEST_FULL + 1))

    assert not Amount(len(fewer), size_of(fewer)).full
    assert Amount(len(as_many), size_of(as_many)).full


EARLIER = [
    one(recorded=1_000, topic=Topic.AGREEMENTS, partition=0, offset=0),
    one(recorded=1_000, topic=Topic.AGREEMENTS, partition=0, offset=1),
    one(recorded=1_000, topic=Topic.AGREEMENTS, partition=5, offset=0),
    one(recorded=1_000, topic=Topic.NOTIFICATIONS, partition=0, offset=0),
    one(recorded=1_000, topic=Topic.TASKS, partition=0, offset=0),
    one(recorded=1_001, topic=Topic.AGREEMENTS, partition=0, offset=0),
]


def test_an_earlier_telling_of_a_fact_makes_the_newer_view():
    for place, later in enumerate(EARLIER):
        for earlier in EARLIER[:place]:
            assert earlier.place < later.place
            assert seniority([earlier]) > seniority([later])


@given(st.lists(st.sampled_from(EARLIER), min_size=1, max_size=6), st.data())
def test_replacing_any_telling_by_an_earlier_one_makes_the_newer_view(held, data):
    position = data.draw(st.integers(0, len(held) - 1))
    earlier = [each for each in EARLIER if each.place < held[position].place]
    for other in earlier:
        assert seniority([*held[:position], other, *held[position + 1 :]]) > seniority(held)


def test_the_order_of_the_facts_does_not_matter():
    assert len({tuple(seniority(order)) for order in permutations(EARLIER[:4])}) == 1


def test_the_header_begins_with_what_decides():
    found = header(3, [one()], [one(), one()])
    assert list(found)[:3] == ["rules", "facts", "seniority"]
    assert (found["rules"], found["facts"], found["held"]) == (3, 3, 1)
