"""What is made of the stored views is remembered as long as they are the same, and as far as it does not grow."""

import json
from datetime import datetime, timedelta

import bson

from contracts.facts import Fact
from contracts.progress import derive, derive_settled
from services.chassis import clock
from services.chassis.projection.stored_views import StoredViews
from services.chassis.queries import overview
from services.chassis.queries.overview import Overview
from services.chassis.queries.selection import Selection
from tests.facts_made import as_fact, fact, placed

SENT = datetime.fromisoformat("2026-02-01T09:00:00+00:00")


def shown(*facts: Fact) -> Overview:
    document = bson.encode({"municipality": "0101", "progress": derive(facts, ())})
    return Overview("any-8b", StoredViews(document, b""), derive_settled)


def rows(found: Overview, **selected) -> list[dict]:
    return json.loads(found.answer(Selection(**selected), "json"))["items"]


ENROLLED, SENT_THEN = map(
    as_fact, placed([fact("MunicipalityEnrolled", time=SENT.isoformat()), fact("AgreementSent", time=SENT.isoformat())])
)


def test_an_overview_has_a_row_for_each_of_the_98_though_one_is_stored():
    assert [row["municipality"] for row in rows(shown(ENROLLED), stage="to_orient")] == ["0101"]
    assert len(rows(shown(ENROLLED))) == 98


def test_each_question_has_an_answer_of_its_own_however_often_they_are_asked():
    found = shown(ENROLLED)
    for _ in range(2):
        assert len(rows(found)) == 98
        assert [row["municipality"] for row in rows(found, q="København")] == ["0101"]
        assert found.answer(Selection(), "csv").startswith("\ufeffkommunekode;".encode())


def test_an_answer_that_depends_on_the_day_follows_it(monkeypatch):
    found = shown(ENROLLED, SENT_THEN)
    chosen = {"older_than": 2}
    monkeypatch.setattr(clock, "now", lambda: SENT + timedelta(days=1))
    assert rows(found, **chosen) == []
    monkeypatch.setattr(clock, "now", lambda: SENT + timedelta(days=3))
    assert [row["municipality"] for row in rows(found, **chosen)] == ["0101"]


def test_many_different_questions_do_not_pile_up():
    found = shown(ENROLLED)
    answers = [found.answer(Selection(q=str(number)), "json") for number in range(3 * overview.MOST_ANSWERS)]
    assert len(found.remembered) <= overview.MOST_ANSWERS
    assert [found.answer(Selection(q=str(number)), "json") for number in range(len(answers))] == answers
