"""Positions, moments and the bytes of a view: what a reader may name, and what makes two answers the same."""

import json

import pytest

from contracts.facts import fact_key
from services.chassis.errors import InvalidRequestError
from services.chassis.projection.documents import Document
from services.chassis.queries.positions import Position, read_position
from services.chassis.queries.views import Moment, Pair, as_json
from services.chassis.web.unchanged import etag_of
from tests.facts_made import FIRST_RECORDED, as_fact, fact, placed


def document(*facts, municipality="0101", progress=None, **positions) -> Document:
    held = {fact_key(each): each for each in map(as_fact, placed(facts))}
    named = {name.replace("_", "-"): offset for name, offset in positions.items()}
    return Document(f"r:{municipality}", "r", municipality, held, named, progress)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("agreements-3-1042", Position("agreements-3", 1042)),
        ("notifications-0-0", Position("notifications-0", 0)),
        ("tasks-05-7", Position("tasks-5", 7)),
    ],
)
def test_a_position_names_partition_and_offset(text: str, position: Position):
    assert read_position(text) == position


@pytest.mark.parametrize(
    "text",
    ["", "tasks", "tasks-1", "tasks--1", "tasks-1-", "tasks-1-2-3", "other-1-2", "TASKS-1-2", "tasks-1-2\n",
     " tasks-1-2", "tasks-1-1e3", "tasks-١-2", "klarmeld.tasks-1-2", f"tasks-1-{'9' * 19}"],
)  # fmt: skip
def test_what_is_no_position_is_refused_with_an_example(text: str):
    with pytest.raises(InvalidRequestError, match="agreements-3-1042"):
        read_position(text)


def test_positions_are_the_highest_of_municipality_and_rollout():
    pair = Pair(document(tasks_1=5, agreements_0=9), document(tasks_1=7, notifications_2=1))
    assert pair.positions == {"agreements-0": 9, "notifications-2": 1, "tasks-1": 7}


def test_nothing_known_has_no_positions():
    assert Pair(None, None).positions == {}


def test_a_moment_keeps_what_held_then():
    pair = Pair(document(fact("AgreementSent", 1), fact("AgreementViewed", 3)), None)
    own, rollout = pair.settled(Moment(as_of="2026-02-02T00:00:00.000000Z"))
    assert [each.id for each in own.facts] == ["AgreementSent-1"]
    assert rollout.facts == ()


def test_a_moment_keeps_what_was_recorded_by_then():
    pair = Pair(document(fact("AgreementSent", 1), fact("AgreementViewed", 3)), None)
    own, _ = pair.settled(Moment(known_at="2026-02-02T02:40:00.500000Z"))
    assert FIRST_RECORDED == 1_770_000_000_000  # 2026-02-02T02:40:00Z, and one second from fact to fact
    assert [each.id for each in own.facts] == ["AgreementSent-1"]


def test_a_stored_view_is_up_to_date_when_it_counts_all_facts():
    whole = document(fact("GuidancePublished"), municipality="*")
    own = fact("AgreementSent")
    assert Pair(document(own, progress={"facts": 2}), whole).derived
    assert not Pair(document(own, progress={"facts": 1}), whole).derived
    assert not Pair(document(own), whole).derived
    assert Pair(None, whole).derived


def test_equal_views_have_equal_etags_and_others_have_others():
    first, same, other = (as_json({"a": each}) for each in (1, 1, 2))
    assert etag_of(first) == etag_of(same) != etag_of(other)
    assert etag_of(first).startswith('"')
    assert etag_of(first).endswith('"')


def test_json_keeps_danish_letters_readable():
    assert as_json({"name": "Ærø"}) == '{"name":"Ærø"}'.encode()


def test_what_json_does_not_have_is_never_sent():
    with pytest.raises(ValueError):
        as_json({"x": float("inf")})
    assert json.loads(as_json({"x": 1e308})) == {"x": 1e308}
