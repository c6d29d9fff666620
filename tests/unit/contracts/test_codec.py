"""What the codec reads, writes and takes for the same fact; it never raises, whatever the bytes."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.codec import (
    KafkaRecord,
    Refusal,
    RefusedError,
    cloudevent_of,
    encode,
    read,
    structured,
    to_message,
)
from contracts.examples import EXAMPLES, example, with_data
from contracts.facts import Fact, Heard, fact_key
from contracts.names import EventName
from contracts.topics import Topic
from tests.unit.contracts.records_made import (
    RECORDED,
    STRUCTURED,
    add_header,
    as_structured,
    binary,
    with_fields,
    with_header,
    with_raw,
    without,
    without_field,
)


def heard(record: KafkaRecord) -> Heard:
    answer = read(record)
    assert isinstance(answer, Heard), answer
    return answer


def key(record: KafkaRecord) -> str:
    return fact_key(heard(record).fact)


def test_a_record_tells_a_fact_and_whose_it_is() -> None:
    enrolled = example(EventName.MunicipalityEnrolled, time="2026-01-05T09:00:00+01:00")

    assert heard(binary(enrolled)) == Heard(
        "efaktura-8b",
        "0630",
        Fact(
            recorded=RECORDED,
            topic="klarmeld.agreements",
            partition=3,
            offset=7,
            source="/eg/aftaler",
            id="8b-municipalityenrolled",
            type="dk.klarmeld.MunicipalityEnrolled.v1",
            subject="0630",
            time="2026-01-05T08:00:00.000000Z",
            body='{"cvr":"29189900","erp":"ØS Indsigt","roster_source":"EG\'s kundeliste, 5. januar 2026",'
            '"valid_from":"2026-01-01"}',
        ),
    )


def test_a_fact_about_the_whole_rollout_has_no_municipality() -> None:
    assert heard(binary(example(EventName.TaskCardPublished))).municipality is None


@pytest.mark.parametrize("name", EventName)
def test_each_event_comes_back_as_it_was_written(name: EventName) -> None:
    event = EXAMPLES[name]
    answer = heard(binary(event))

    assert type(event.data).model_validate_json(answer.fact.body) == event.data
    assert cloudevent_of(*answer) == structured(event)


@pytest.mark.parametrize("name", EventName)
def test_binary_and_structured_are_one_fact(name: EventName) -> None:
    assert key(binary(EXAMPLES[name])) == key(as_structured(EXAMPLES[name]))


@pytest.mark.parametrize("topic", Topic)
@pytest.mark.parametrize("municipality", ["0630", None])
def test_a_retraction_may_stand_on_each_topic_and_in_each_document(topic: Topic, municipality: str | None) -> None:
    source = f"/klarmeld/{topic.removeprefix('klarmeld.')}"
    event = example(EventName.FactRetracted, topic=topic, source=source, municipality=municipality)

    assert heard(binary(event)).municipality == municipality


def test_a_retraction_says_on_which_topic_it_stands() -> None:
    with pytest.raises(RefusedError, match="say which"):
        encode(example(EventName.FactRetracted, topic=None))


def test_other_events_know_their_topic() -> None:
    assert encode(example(EventName.WebinarInvited, topic=None)).topic == "klarmeld.notifications"


def test_optional_attributes_travel_with_the_event() -> None:
    traced = example(EventName.AgreementSigned, correlationid="c", causationid="d", traceparent="00-a-b-01")

    assert (
        dict(encode(traced).headers).items()
        >= {
            "ce_correlationid": b"c",
            "ce_causationid": b"d",
            "ce_traceparent": b"00-a-b-01",
            "content-type": b"application/json",
        }.items()
    )


@pytest.mark.parametrize(
    "changes",
    [{"municipality": "0411"}, {"municipality": None}, {"source": "/klarmeld/tasks"}, {"id": ""}, {"time": "now"}],
)
def test_what_a_reader_would_refuse_is_not_written(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        encode(example(EventName.AgreementSent, **changes))


def test_an_agreement_that_costs_extra_is_not_written() -> None:
    with pytest.raises(RefusedError, match="extra_cost"):
        encode(with_data(EventName.AgreementSent, extra_cost_dkk=1))


def test_attendance_names_its_webinar_when_written() -> None:
    with pytest.raises(RefusedError, match="subject is absent"):
        encode(with_data(EventName.WebinarAttended, webinar_id=None))


def test_attendance_may_name_its_webinar_by_the_subject_alone() -> None:
    attended = without_field(binary(example(EventName.WebinarAttended)), "webinar_id")

    assert heard(attended).fact.subject == "webinar-8b"
    assert isinstance(read(with_header(attended, "ce_subject", b"no id")), Refusal)


@pytest.mark.parametrize(
    "same",
    [
        with_header(binary(), "ce_time", b"2026-02-02T09:05:00+01:00"),
        with_header(binary(), "ce_time", b"2026-02-02t08:05:00.000000000z"),
        binary()._replace(value=json.dumps(json.loads(binary().value or b""), indent=2).encode()),
        binary()._replace(value=json.dumps(dict(reversed(json.loads(binary().value or b"").items()))).encode()),
        binary()._replace(value=(binary().value or b"").replace(b'"version":1', b'"version":10e-1')),
        with_fields(binary(), extra_cost_dkk=-0.0),
        add_header(binary(), "ce_weather", b"rain"),
        add_header(binary(), "ce_traceparent", b"00-a-b-01"),
        with_header(binary(), "ce_dataschema", b"somewhere else"),
        binary()._replace(topic=binary().topic, partition=5, offset=9, timestamp=RECORDED + 1),
    ],
    ids=["offset", "decimals", "spaces", "order", "number", "minus zero", "extension", "trace", "dataschema", "place"],
)
def test_another_spelling_is_the_same_fact(same: KafkaRecord) -> None:
    assert key(same) == key(binary())


def test_null_and_absent_are_two_contents() -> None:
    assert key(with_fields(binary(), supersedes=None)) != key(binary())


ODDITIES = {
    "a field $where": with_raw(binary(), b'"$where":"1"'),
    "a field with dots": with_raw(binary(), b'"a.b":1'),
    "a field with NUL": with_raw(binary(), rb'"a\u0000b":1'),
    "an empty field name": with_raw(binary(), b'"":1'),
    "null for an optional field": with_fields(binary(), supersedes=None),
    "a big integer": with_raw(binary(), b'"x":' + b"7" * 9_000),
    "a big exponent": with_raw(binary(), b'"x":1e400'),
    "a name twice": with_raw(binary(), b'"supplier":"EG"'),
    "64 levels": with_raw(binary(), b'"x":' + b"[" * 63 + b"]" * 63),
    "brackets in a text": with_raw(binary(), b'"x":"' + b"[" * 99 + b'"'),
    "a surrogate pair": with_raw(binary(), rb'"x":"\ud83d\ude00"'),
    "another header that is null": add_header(binary(), "x", None),
    "another header that is not UTF-8": add_header(binary(), "x", b"\xff"),
    "another header twice": add_header(add_header(binary(), "x", b"1"), "x", b"1"),
    "no content-type": without(binary(), "content-type"),
    "a content-type that is null": with_header(binary(), "content-type", None),
    "another content-type": with_header(binary(), "content-type", b"text/plain"),
    "an unknown extension": add_header(binary(), "ce_weather", b"rain"),
    "an extension that is empty": add_header(binary(), "ce_weather", b""),
    "an id of 64 characters": with_header(binary(), "ce_id", ("æ" * 64).encode()),
    "nine decimals": with_header(binary(), "ce_time", b"2026-02-02T08:05:00.123456789Z"),
    "structured: Content-Type": as_structured()._replace(headers=[("Content-Type", b"APPLICATION/CloudEvents+JSON")]),
    "structured: extensions of any simple kind": as_structured(
        change=lambda event: event.update(count=7, fine=True, nothing=None)
    ),
    "structured: unused ce_ headers": add_header(as_structured(), "ce_id", None),
}


@pytest.mark.parametrize("record", ODDITIES.values(), ids=ODDITIES.keys())
def test_an_oddity_is_accepted(record: KafkaRecord) -> None:
    assert heard(record).municipality == "0630"


@pytest.mark.parametrize("record", ODDITIES.values(), ids=ODDITIES.keys())
def test_an_oddity_survives_being_sent_on_and_exported(record: KafkaRecord) -> None:
    message = to_message(record)
    sent_on = KafkaRecord(message.topic, 3, 7, RECORDED, message.key, message.value, message.headers)
    exported = json.dumps(cloudevent_of(*heard(record)), allow_nan=False).encode()

    assert read(sent_on) == read(record)
    assert read(record._replace(value=exported, headers=STRUCTURED)) == read(record)


def test_of_a_name_given_twice_the_last_counts() -> None:
    assert heard(with_raw(binary(), b'"supplier":"EJERKREDSEN"')).fact.data["supplier"] == "EJERKREDSEN"


def test_microseconds_count_and_finer_ones_are_cut() -> None:
    assert heard(with_header(binary(), "ce_time", b"2026-02-02T08:05:00.123456789Z")).fact.time.endswith(".123456Z")


def test_sending_on_keeps_every_extension_and_the_data_as_they_were() -> None:
    record = as_structured(change=lambda event: event.update(count=7, fine=True, traceparent="00-a-b-01"))
    message = to_message(record)

    assert (
        dict(message.headers).items()
        >= {
            "ce_count": b"7",
            "ce_fine": b"true",
            "ce_traceparent": b"00-a-b-01",
            "content-type": b"application/json",
        }.items()
    )
    assert message.value == json.dumps(structured(example(EventName.AgreementSent))["data"]).encode()


def test_what_is_no_fact_is_not_sent_on() -> None:
    with pytest.raises(RefusedError, match="tombstone"):
        to_message(binary()._replace(value=None))


def test_base64_data_are_data() -> None:
    assert key(as_structured(change=_as_base64)) == key(binary())


def _as_base64(event: dict[str, Any]) -> None:
    del event["data"]
    event["data_base64"] = base64.b64encode(binary().value or b"").decode()


NAMES = st.sampled_from([name for name, _ in binary().headers]) | st.text()
VALUES = st.none() | st.binary() | st.sampled_from([value for _, value in binary().headers])
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=14)
BYTES = st.none() | st.binary() | st.just(binary().value)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(before=st.sampled_from([[], binary().headers]), headers=HEADERS, key=BYTES, value=BYTES, timestamp=st.integers())
def test_arbitrary_bytes_never_raise(
    before: list[tuple[str, bytes]],
    headers: list[tuple[str, bytes | None]],
    key: bytes | None,
    value: bytes | None,
    timestamp: int,
) -> None:
    headers = [*before, *headers]

    assert isinstance(read(KafkaRecord("klarmeld.agreements", 0, 0, timestamp, key, value, headers)), Heard | Refusal)


@settings(max_examples=200, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(sorted(structured(example(EventName.AgreementSent)))) | st.text(), JSON))
def test_arbitrary_structured_events_never_raise(changes: dict[str, Any]) -> None:
    assert isinstance(read(as_structured(change=lambda event: event.update(changes))), Heard | Refusal)


@settings(max_examples=100, deadline=None)
@given(fields=st.dictionaries(st.text(), JSON))
def test_whatever_is_accepted_is_one_fact_in_both_modes(fields: dict[str, Any]) -> None:
    one = with_fields(binary(), x=fields)
    other = as_structured(change=lambda event: event["data"].update(x=fields))
    answers = read(one), read(other)

    assert answers[0] == answers[1] or all(isinstance(answer, Refusal) for answer in answers)
