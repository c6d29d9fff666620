"""Records that cannot be facts are set aside as they came; nothing is lost by them and nothing waits for them."""

import random
from collections import Counter

from pymongo import MongoClient

from contracts.refusals import Reason
from tests.faults.events import CODES, orientations, story
from tests.faults.log import tell_under_a_name_of_bytes
from tests.faults.poison import huge, odd_headers, poison
from tests.faults.trial import Trial


async def test_every_reason_parks_its_record_and_the_next_ones_go_on(trial: Trial):
    await trial.tell([*poison(trial.rollout).values(), *odd_headers(trial.rollout), *story(trial.rollout, CODES[:2])])

    await trial.started()
    await trial.caught_up()

    assert await trial.differences() == []
    assert set(reasons(trial)) == set(Reason) - {Reason.TOO_MANY_FACTS}


async def test_a_document_takes_2000_facts_and_the_rest_is_parked(trial: Trial):
    crowd = list(orientations(trial.rollout, 2_300))
    await trial.tell([*crowd, *crowd[:100], *story(trial.rollout, CODES[:1])], partition=4)

    await trial.started()
    await trial.caught_up()

    assert await trial.differences() == []
    assert reasons(trial)[Reason.TOO_MANY_FACTS] == 300


async def test_a_document_takes_4_mib_and_the_rest_is_parked(trial: Trial):
    await trial.tell(orientations(trial.rollout, 500, padding=15_000), partition=4, compression_type="zstd")

    await trial.started()
    await trial.caught_up()

    assert await trial.differences() == []
    assert set(reasons(trial)) == {Reason.TOO_MANY_FACTS}
    assert reasons(trial)[Reason.TOO_MANY_FACTS] + facts(trial) == 500


async def test_a_record_larger_than_a_document_is_parked_by_its_beginning(trial: Trial):
    await trial.tell([huge(trial.rollout)], compression_type="zstd", max_request_size=30_000_000)
    await trial.tell(story(trial.rollout, CODES[:1]))

    await trial.started()
    await trial.caught_up()

    assert await trial.differences() == []
    assert reasons(trial) == {Reason.TOO_LARGE: 1}


async def test_a_header_name_that_is_no_text_stops_nothing(trial: Trial):
    [before, odd, after] = orientations(trial.rollout, 3)
    await trial.tell([before], partition=2)
    await tell_under_a_name_of_bytes(trial.stack.bootstrap, odd, b"\xff\xfe", partition=2)
    await trial.tell([after], partition=2)

    await trial.started()
    await trial.caught_up()

    assert await trial.differences() == []
    assert facts(trial) == 3


async def test_every_compression_is_read(trial: Trial):
    for number, codec in enumerate(["gzip", "snappy", "lz4", "zstd"]):
        await trial.tell(story(trial.rollout, CODES[number : number + 1]), compression_type=codec)

    await trial.started()
    await trial.caught_up()

    assert await trial.differences() == []


async def test_a_thousand_poison_records_among_ten_thousand_good_ones_change_nothing(trial: Trial):
    good = [message for code in CODES for message in orientations(trial.rollout, 102, code=code)]
    bad = list(poison(trial.rollout).values()) * 77
    mixed = [*good, *bad]
    random.Random(8).shuffle(mixed)
    await trial.tell(mixed)

    await trial.started()
    await trial.caught_up()

    assert await trial.differences() == []


def reasons(trial: Trial) -> Counter[str]:
    """Return how many records of this trial's rollout are parked, by reason."""
    header = ["ce_rollout", trial.rollout.encode()]
    with MongoClient(trial.stack.mongo_uri) as client:
        found = client[trial.database].parked.find({"headers": {"$elemMatch": {"$eq": header}}})
        return Counter(each["reason"] for each in found)


def facts(trial: Trial) -> int:
    with MongoClient(trial.stack.mongo_uri) as client:
        return len(client[trial.database].progress_1.find_one({"_id": f"{trial.rollout}:0630"})["facts"])
