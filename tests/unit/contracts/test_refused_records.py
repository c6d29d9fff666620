"""Records that are no events at all, and who may say what where: each wrong in one way only."""

import json

import pytest

from contracts.codec import KafkaRecord, Reason, Refusal, read
from contracts.examples import example
from contracts.meanings import REASONS
from contracts.names import EventName
from contracts.topics import Topic
from tests.unit.contracts.records_made import (
    RECORDED,
    STRUCTURED,
    add_header,
    as_structured,
    binary,
    refusal,
    with_fields,
    with_header,
    with_raw,
    without,
)

SENT = binary()
BATCH = binary(example(EventName.AgreementBatchDispatched))
ORIENTED = binary(example(EventName.StakeholderOriented))


def test_a_record_without_value_is_a_tombstone() -> None:
    assert refusal(SENT._replace(value=None)).reason == "tombstone"


@pytest.mark.parametrize("record", [SENT, as_structured()])
def test_the_largest_value_has_16_384_bytes(record: KafkaRecord) -> None:
    value = (record.value or b"").ljust(16_384)

    assert not isinstance(read(record._replace(value=value)), Refusal)
    assert refusal(record._replace(value=value + b" ")).reason == "too_large"


def test_data_that_grow_when_written_out_count_as_written_out() -> None:
    numbers = b'"x":[' + b",".join([b"1e307"] * 200) + b"]"

    assert refusal(with_raw(SENT, numbers)).reason == "too_large"


NOT_CLOUDEVENTS = {
    "no headers": SENT._replace(headers=[]),
    "no ce_ header": SENT._replace(headers=[("content-type", b"application/json"), ("id", b"1")]),
    "no specversion": without(SENT, "ce_specversion"),
    "specversion 0.3": with_header(SENT, "ce_specversion", b"0.3"),
    "specversion null": with_header(SENT, "ce_specversion", None),
    "specversion not UTF-8": with_header(SENT, "ce_specversion", b"\xff"),
    "two specversions, one of them another": add_header(SENT, "ce_specversion", b"0.3"),
    "a batch": SENT._replace(headers=[("content-type", b"application/cloudevents-batch+json")]),
    "another format": SENT._replace(headers=[("content-type", b"application/cloudevents+avro")]),
    "structured: no JSON": SENT._replace(value=b"{", headers=STRUCTURED),
    "structured: empty": SENT._replace(value=b"", headers=STRUCTURED),
    "structured: a list": SENT._replace(value=b"[]", headers=STRUCTURED),
    "structured: a number": SENT._replace(value=b"1", headers=STRUCTURED),
    "structured: more than one": SENT._replace(value=b"{} {}", headers=STRUCTURED),
    "structured: no name": SENT._replace(value=b"{1:2}", headers=STRUCTURED),
    "structured: no colon": SENT._replace(value=b'{"a" 2}', headers=STRUCTURED),
    "structured: a comma too many": SENT._replace(value=b'{"a":2,}', headers=STRUCTURED),
    "structured: never closed": SENT._replace(value=b'{"data":' + b"[" * 9_000, headers=STRUCTURED),
    "structured: not UTF-8": SENT._replace(value=b'{"id":"\xff"}', headers=STRUCTURED),
    "structured: byte order mark": as_structured()._replace(value=b"\xef\xbb\xbf" + (as_structured().value or b"")),
    "structured: no specversion": as_structured(change=lambda event: event.pop("specversion")),
    "structured: specversion a number": as_structured(change=lambda event: event.update(specversion=1.0)),
}


@pytest.mark.parametrize("record", NOT_CLOUDEVENTS.values(), ids=NOT_CLOUDEVENTS.keys())
def test_what_is_no_cloudevent_1_0_is_named_so(record: KafkaRecord) -> None:
    assert refusal(record).reason == "not_cloudevent"


@pytest.mark.parametrize(
    "name",
    ["dk.klarmeld.Nothing.v1", "AgreementSent", "dk.klarmeld.AgreementSent", "dk.klarmeld.AgreementSent.vX", "x"],
)
def test_a_type_outside_the_catalogue_is_unknown(name: str) -> None:
    assert refusal(with_header(SENT, "ce_type", name.encode())).reason == "unknown_type"


@pytest.mark.parametrize("version", ["0", "2", "99999999999999999999"])
def test_another_version_of_a_known_type_is_an_unknown_version(version: str) -> None:
    newer = with_header(SENT, "ce_type", f"dk.klarmeld.AgreementSent.v{version}".encode())

    assert refusal(newer).reason == "unknown_version"


@pytest.mark.parametrize("topic", [Topic.NOTIFICATIONS, Topic.TASKS, "klarmeld.elsewhere"])
def test_an_event_stands_on_its_own_topic(topic: str) -> None:
    assert refusal(SENT._replace(topic=topic)).reason == "wrong_topic"


def test_a_retraction_stands_on_the_three_topics_only() -> None:
    retraction = binary(example(EventName.FactRetracted))

    assert refusal(retraction._replace(topic="klarmeld.elsewhere")).reason == "wrong_topic"


@pytest.mark.parametrize(
    "source", ["/klarmeld/tasks", "/klarmeld/notifications", "/eg/", "/eg/a/b", "/eg/a\n", f"/eg/{'a' * 65}", "eg"]
)
def test_who_may_not_write_to_a_topic_may_not_speak_on_it(source: str) -> None:
    assert refusal(with_header(SENT, "ce_source", source.encode())).reason == "wrong_source"


def test_eg_does_not_speak_for_a_municipality() -> None:
    assert refusal(with_header(ORIENTED, "ce_source", b"/eg/aftaler")).reason == "wrong_source"


BAD_KEYS = {
    "no key": SENT._replace(key=None),
    "another key": SENT._replace(key=b"0101"),
    "a key that is not UTF-8": SENT._replace(key=b"\xff"),
    "no municipality": without(SENT, "ce_municipality"),
    "Christiansø": with_header(with_header(SENT, "ce_municipality", b"0411"), "ce_partitionkey", b"0411")._replace(
        key=b"0411"
    ),
    "a name for a code": with_header(SENT, "ce_municipality", b"Vejle"),
    "a municipality on a fact about the rollout": add_header(BATCH, "ce_municipality", b"0630"),
    "another partitionkey": with_header(SENT, "ce_partitionkey", b"0101")._replace(key=b"0101"),
    "the rollout as partitionkey": with_header(SENT, "ce_partitionkey", b"efaktura-8b")._replace(key=b"efaktura-8b"),
    "the municipality as key of a fact about the rollout": with_header(BATCH, "ce_partitionkey", b"0630")._replace(
        key=b"0630"
    ),
}


@pytest.mark.parametrize("record", BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_key_partitionkey_and_municipality_say_the_same(record: KafkaRecord) -> None:
    assert refusal(record).reason == "bad_key"


def test_a_fact_lies_at_most_five_minutes_ahead_of_the_log() -> None:
    at = with_header(SENT, "ce_time", b"2026-12-31T00:05:00Z")
    after = with_header(SENT, "ce_time", b"2026-12-31T00:05:00.000001Z")

    assert not isinstance(read(at), Refusal)
    assert refusal(after).reason == "future_time"


def test_a_redrive_is_judged_against_its_own_time() -> None:
    ahead = with_header(SENT, "ce_time", b"2027-01-01T00:00:00Z")

    assert refusal(ahead).reason == "future_time"
    assert not isinstance(read(ahead, judged_at=RECORDED + 86_400_000), Refusal)


def test_a_record_that_breaks_the_reader_is_parked_all_the_same() -> None:
    answer = refusal(SENT._replace(timestamp=10**18))

    assert answer.reason == "schema"
    assert "report this record" in answer.detail


def test_each_reason_is_explained() -> None:
    assert list(REASONS) == list(Reason)


def test_a_refusal_says_nothing_of_what_the_data_hold() -> None:
    answer = refusal(with_fields(ORIENTED, note={"cpr": "010101-0101"}))

    assert "010101" not in json.dumps([answer.detail, answer.errors])
