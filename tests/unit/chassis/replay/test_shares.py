"""Shares are disjoint, and together they are everything."""

import re

import pytest

from contracts.codec import KafkaRecord
from contracts.municipalities import MUNICIPALITIES
from services.chassis.replay.shares import EVERYTHING, Selection, shares

DOCUMENTS = [*(f"r:{code}" for code in MUNICIPALITIES), "r:*", "nowhere", "r:0999", "7"]
KEYS = [*(code.encode() for code in MUNICIPALITIES), b"r", b"", None, b"0999"]


def record(key: bytes, municipality: str | None = None) -> KafkaRecord:
    headers = [("ce_municipality", municipality.encode())] if municipality else []
    return KafkaRecord("klarmeld.agreements", 0, 0, 0, key, b"{}", headers)


@pytest.mark.parametrize("of", [1, 2, 3, 98])
def test_each_document_is_in_one_share(of: int):
    assert all(sum(share.holds(each) for share in shares(of)) == 1 for each in DOCUMENTS)


@pytest.mark.parametrize("of", [1, 2, 3, 98])
def test_each_record_is_owned_by_one_share(of: int):
    assert all(sum(share.owns(key) for share in shares(of)) == 1 for key in KEYS)


@pytest.mark.parametrize("number", [1, 2, 7])
def test_the_rounds_of_a_share_are_that_share(number: int):
    share = shares(2)[1]
    rounds = list(share.rounds(number))
    assert all(sum(each.owns(key) for each in rounds) == share.owns(key) for key in KEYS)
    assert all(sum(each.holds(document) for each in rounds) == share.holds(document) for document in DOCUMENTS)


def test_every_share_needs_what_may_be_a_rollouts_own():
    assert all(share.needs(record(b"efaktura-8b")) for share in shares(3))


def test_no_share_needs_another_ones_municipality():
    assert sum(share.needs(record(b"0630", municipality="0630")) for share in shares(3)) == 1


def test_every_share_needs_a_record_of_a_rollout_that_is_named_like_a_municipality():
    assert all(share.needs(record(b"0630")) for share in shares(3))


def test_a_rollout_that_is_named_like_a_municipality_is_the_first_ones():
    assert [share.holds("0630:*") for share in shares(3)] == [True, False, False]


@pytest.mark.parametrize("index", [0, 1])
def test_the_query_of_a_share_finds_its_documents_and_the_rollouts_own(index: int):
    share = shares(2)[index]
    assert all(_found(share.query, each) == (share.holds(each) or each.endswith("*")) for each in DOCUMENTS)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (EVERYTHING, {"r:0101", "r:0147", "r:*", "s.1:0101", "sx1:0101"}),
        (Selection("s.1"), {"s.1:0101"}),
        (Selection(None, "0101"), {"r:0101", "r:*", "s.1:0101", "sx1:0101"}),
        (Selection("r", "0101"), {"r:0101", "r:*"}),
    ],
)
def test_a_selection_finds_what_is_meant_and_the_rollouts_own(selection: Selection, expected: set[str]):
    every = ["r:0101", "r:0147", "r:*", "s.1:0101", "sx1:0101"]
    assert {each for each in every if _found(selection.query, each)} == expected


def _found(query, document: str) -> bool:
    match query:
        case {"_id": {"$not": {"$regex": pattern}}}:
            return re.search(pattern, document) is None
        case {"_id": {"$regex": pattern}}:
            return re.search(pattern, document) is not None
        case _:
            return True
