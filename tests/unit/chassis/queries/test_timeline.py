"""The timeline of a municipality: newest first, in pages that neither repeat nor skip, every fact with its verdict."""

import json
from typing import Any

import pytest

from contracts.facts import Fact
from services.chassis.errors import InvalidRequestError
from services.chassis.queries.timeline import page
from services.chassis.queries.views import as_json
from services.chassis.web.paging import write_cursor
from tests.facts_made import as_fact, fact, placed, retraction


def facts(*plain: dict[str, Any]) -> list[Fact]:
    return [as_fact(each) for each in placed(plain)]


def days(*numbers: int) -> list[Fact]:
    return facts(*[fact("AgreementViewed", day) for day in numbers])


def ids(found: dict[str, Any]) -> list[str]:
    return [item["id"] for item in found["items"]]


def all_pages(held: list[Fact], limit: int) -> list[str]:
    found = page(held, cursor=None, limit=limit)
    seen = ids(found)
    while found["next"]:
        found = page(held, cursor=found["next"], limit=limit)
        seen += ids(found)
    return seen


def test_the_newest_comes_first():
    assert ids(page(days(1, 3, 2), cursor=None, limit=10)) == [f"AgreementViewed-{day}" for day in (3, 2, 1)]


def test_nothing_known_is_an_empty_page():
    assert page([], cursor=None, limit=10) == {"items": [], "next": None}


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_pages_of_any_size_add_up_to_the_whole(limit: int):
    held = days(*range(1, 8))
    assert all_pages(held, limit) == ids(page(held, cursor=None, limit=100))


def test_a_page_that_ends_with_the_last_fact_has_no_next():
    assert page(days(1, 2), cursor=None, limit=2)["next"] is None


def test_facts_of_one_instant_are_not_lost_between_pages():
    held = facts(*[fact("AgreementViewed", named=f"v{number}", time="2026-02-01T09:00:00Z") for number in range(5)])
    assert sorted(all_pages(held, 2)) == [f"v{number}" for number in range(5)]


def test_a_fact_that_arrives_between_two_pages_repeats_none():
    held = days(1, 2, 4, 5)
    first = page(held, cursor=None, limit=2)
    second = page([*held, *days(3, 6)], cursor=first["next"], limit=10)
    assert ids(first) + ids(second) == [f"AgreementViewed-{day}" for day in (5, 4, 3, 2, 1)]


def test_a_retracted_fact_stays_visible_and_does_not_count():
    viewed = fact("AgreementViewed", 1)
    found = page(facts(viewed, retraction(viewed, 2)), cursor=None, limit=10)
    assert {item["id"]: item["counts"] for item in found["items"]} == {
        "AgreementViewed-1": False, "retract-AgreementViewed-1": True,
    }  # fmt: skip


def test_of_a_conflict_the_one_recorded_first_counts():
    found = page(
        facts(fact("AgreementViewed", 5, named="x"), fact("AgreementViewed", 9, named="x")), cursor=None, limit=9
    )
    assert [(item["time"], item["counts"]) for item in found["items"]] == [
        ("2026-02-09T09:00:00Z", False), ("2026-02-05T09:00:00Z", True),
    ]  # fmt: skip


def test_an_item_says_what_where_and_when():
    [item] = page(facts(fact("AgreementViewed", 1)), cursor=None, limit=1)["items"]
    assert item == {
        "id": "AgreementViewed-1", "source": "/eg/portal", "type": "dk.klarmeld.AgreementViewed.v1", "subject": "AG-1",
        "time": "2026-02-01T09:00:00Z", "recorded": "2026-02-02T02:40:00Z", "topic": "klarmeld.agreements",
        "partition": 0, "offset": 0, "counts": True, "data": {"agreement_id": "AG-1"},
    }  # fmt: skip


@pytest.mark.parametrize("number", ["1E400", "-1E9999", "9.9E5999", "0.1234567890123456789"])
def test_a_number_beyond_json_libraries_is_shown_as_text(number: str):
    [held] = facts(fact("AgreementViewed", 1))
    odd = held._replace(body=f'{{"agreement_id":"AG-1","unknown":{number}}}')
    [item] = json.loads(as_json(page([odd], cursor=None, limit=1)))["items"]
    assert item["data"] == {"agreement_id": "AG-1", "unknown": number}


@pytest.mark.parametrize(
    "key",
    [[], ["2026", "x"], ["t", "i", "s", 1, "t", 1], ["t", "i", "s", 1, "t", 1, "o"], ["t", "i", "s", True, "t", 1, 1]],
)  # fmt: skip
def test_a_cursor_of_another_route_is_refused(key: list[Any]):
    with pytest.raises(InvalidRequestError, match="cursor"):
        page(days(1), cursor=write_cursor(key), limit=1)
