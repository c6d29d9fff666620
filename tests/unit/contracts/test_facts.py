"""A fact, its address, its places in log and world, and the body as today's readers know it."""

import pytest

from contracts import upcasters
from contracts.facts import Fact, Heard, document_id, fact_key
from contracts.names import EventName, event_type, name_of
from contracts.topics import Topic, partition_name

FACT = Fact(
    recorded=5,
    topic="klarmeld.tasks",
    partition=2,
    offset=9,
    source="/klarmeld/tasks",
    id="e1",
    type="dk.klarmeld.TaskCompleted.v1",
    subject="efaktura-8b",
    time="2026-02-01T09:00:00.000000Z",
    body='{"by_role":"kp_systemansvarlig","task_id":"efaktura-8b"}',
)


def test_the_place_does_not_change_the_key() -> None:
    assert fact_key(FACT._replace(recorded=6, topic="x", partition=0, offset=0)) == fact_key(FACT)


@pytest.mark.parametrize("field", ["source", "id", "type", "subject", "time", "body"])
def test_each_part_of_the_content_changes_the_key(field: str) -> None:
    assert fact_key(Fact(**{**FACT._asdict(), field: "other"})) != fact_key(FACT)


def test_what_moves_from_one_part_to_the_next_changes_the_key() -> None:
    assert fact_key(FACT._replace(source="ab", id="c")) != fact_key(FACT._replace(source="a", id="bc"))


def test_a_fact_has_a_name_an_identity_a_place_and_an_order() -> None:
    assert FACT.name is EventName.TaskCompleted
    assert FACT.identity == ("/klarmeld/tasks", "e1")
    assert FACT.place == (5, "klarmeld.tasks", 2, 9)
    assert FACT.order == ("2026-02-01T09:00:00.000000Z", "e1", "/klarmeld/tasks")


def test_the_body_is_decoded() -> None:
    assert FACT.data == {"by_role": "kp_systemansvarlig", "task_id": "efaktura-8b"}


def test_a_body_of_an_older_version_is_brought_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    older, newer = event_type(EventName.TaskCompleted, 1), event_type(EventName.TaskCompleted, 2)
    monkeypatch.setitem(upcasters.UPCASTERS, older, (newer, lambda body: {**body, "comment": "–"}))

    assert FACT._replace(body='{"by_role":"x"}').data == {"by_role": "x", "comment": "–"}


@pytest.mark.parametrize(("municipality", "expected"), [("0101", "efaktura-8b:0101"), (None, "efaktura-8b:*")])
def test_a_fact_belongs_to_its_municipality_or_to_the_rollout(municipality: str | None, expected: str) -> None:
    assert Heard("efaktura-8b", municipality, FACT).document_id == expected == document_id("efaktura-8b", municipality)


@pytest.mark.parametrize("name", EventName)
def test_a_type_names_its_event(name: EventName) -> None:
    assert name_of(event_type(name)) is name


def test_a_type_outside_the_catalogue_has_no_name() -> None:
    with pytest.raises(ValueError):
        name_of("dk.klarmeld.Nothing.v1")


def test_a_partition_is_named_without_the_prefix_of_its_topic() -> None:
    assert partition_name(Topic.AGREEMENTS, 3) == "agreements-3"


def test_a_fact_is_stored_field_by_field_in_its_order() -> None:
    assert list(FACT.stored.items()) == list(FACT._asdict().items())
