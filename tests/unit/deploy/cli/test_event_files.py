"""Events from files: every form of file, and all of them readable or none is taken."""

import json

import pytest

from contracts.codec import structured
from contracts.events import FactRetracted
from contracts.examples import EXAMPLES, example
from contracts.names import EventName
from contracts.topics import Topic
from deploy.cli.errors import UsageError
from deploy.cli.event_files import events_of

NOW = 1_800_000_000_000
SENT = structured(EXAMPLES[EventName.AgreementSent])
SIGNED = structured(EXAMPLES[EventName.AgreementSigned])


def as_lines(*events: object) -> bytes:
    return "".join(f"{json.dumps(event)}\n" for event in events).encode()


def complaint(content: bytes) -> str:
    with pytest.raises(UsageError) as caught:
        events_of(content, now_ms=NOW)
    return str(caught.value)


@pytest.mark.parametrize(
    "content",
    [as_lines(SENT, SIGNED), json.dumps([SENT, SIGNED]).encode(), b"\n" + as_lines(SENT) + b"\n\n" + as_lines(SIGNED)],
    ids=["lines", "array", "lines with gaps"],
)
def test_lines_and_an_array_are_the_same_events(content):
    assert [each.id for each in events_of(content, now_ms=NOW)] == [SENT["id"], SIGNED["id"]]


def test_one_event_may_span_lines():
    (told,) = events_of(json.dumps(SENT, indent=2).encode(), now_ms=NOW)

    assert told.id == SENT["id"]


def test_each_event_goes_to_the_topic_of_its_type():
    card = structured(EXAMPLES[EventName.TaskCardPublished])

    assert [each.record.topic for each in events_of(as_lines(SENT, card), now_ms=NOW)] == [
        Topic.AGREEMENTS,
        Topic.TASKS,
    ]


def test_a_bad_line_is_named_with_its_reason_and_field():
    bad = SENT | {"data": SENT["data"] | {"supplier": "Somebody"}}

    assert "line 2: schema at /data/supplier" in complaint(as_lines(SIGNED, bad))


def test_every_bad_line_is_named():
    said = complaint(as_lines({}, SENT) + b"no JSON\n")

    assert "line 1" in said
    assert "line 3" in said
    assert "line 2" not in said


def test_a_bad_event_of_an_array_is_named_by_its_number():
    assert "event 2" in complaint(json.dumps([SENT, {}]).encode())


def test_an_array_that_is_cut_short_is_refused():
    assert "array" in complaint(b"[" + json.dumps(SENT).encode())


def test_an_event_in_the_future_is_refused():
    assert "future_time" in complaint(as_lines(SENT | {"time": "2099-01-01T00:00:00Z"}))


@pytest.mark.parametrize("content", [b"", b"\n \n", b"[]"], ids=["empty", "blank", "empty array"])
def test_a_file_without_events_is_refused(content):
    assert "no event" in complaint(content)


def test_a_retraction_goes_where_it_is_sent():
    (told,) = events_of(as_lines(_retraction("/eg/oes-indsigt")), now_ms=NOW, topic=Topic.NOTIFICATIONS)

    assert told.record.topic == Topic.NOTIFICATIONS


def test_a_retraction_by_a_service_goes_to_its_own_topic():
    (told,) = events_of(as_lines(_retraction("/klarmeld/tasks")), now_ms=NOW)

    assert told.record.topic == Topic.TASKS


def _retraction(source: str) -> dict[str, object]:
    data = FactRetracted(source=source, id="E-1", reason="Sendt ved en fejl.")
    topic = Topic.TASKS if source == "/klarmeld/tasks" else Topic.AGREEMENTS
    return structured(example(EventName.FactRetracted, source=source, data=data, topic=topic))
