"""Each reason for parking a record, by records that are wrong in one way only."""

import base64
import json

import pytest

from contracts.codec import FieldError, KafkaRecord, Reason, Refusal, read
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
    with_fields,
    with_header,
    with_raw,
    without,
    without_field,
)

SENT = binary()
BATCH = binary(example(EventName.AgreementBatchDispatched))
ORIENTED = binary(example(EventName.StakeholderOriented))
FORWARDING = binary(example(EventName.ForwardingConfigured))


def refusal(record: KafkaRecord) -> Refusal:
    answer = read(record)
    assert isinstance(answer, Refusal), answer
    return answer


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


REQUIRED = ["id", "source", "type", "subject", "time", "dataschema", "rollout", "partitionkey"]
OPTIONAL = ["municipality", "correlationid", "causationid", "traceparent"]


@pytest.mark.parametrize("name", REQUIRED)
def test_a_required_attribute_must_be_there(name: str) -> None:
    answer = refusal(without(SENT, f"ce_{name}"))

    assert answer.reason == "bad_header"
    assert f"attribute {name} is absent" in answer.detail


@pytest.mark.parametrize("value", [None, b"", b"\xff"], ids=["null", "empty", "not UTF-8"])
@pytest.mark.parametrize("name", [*REQUIRED, *OPTIONAL])
def test_a_known_attribute_that_is_there_says_something(name: str, value: bytes | None) -> None:
    answer = refusal(with_header(SENT, f"ce_{name}", value))

    assert answer.reason == "bad_header"
    assert name in answer.detail


@pytest.mark.parametrize("name", ["specversion", *REQUIRED, *OPTIONAL, "weather"])
def test_an_attribute_stands_once(name: str) -> None:
    value = b"1.0" if name == "specversion" else b"x"
    twice = add_header(with_header(SENT, f"ce_{name}", value), f"ce_{name}", value)

    assert refusal(twice).reason == "bad_header"


BAD_HEADERS = {
    "an extension that is not UTF-8": add_header(SENT, "ce_weather", b"\xff"),
    "an extension that is null": add_header(SENT, "ce_weather", None),
    "an id of 65 characters": with_header(SENT, "ce_id", ("æ" * 65).encode()),
    "a time without offset": with_header(SENT, "ce_time", b"2026-02-01T09:00:00"),
    "a time with ten decimals": with_header(SENT, "ce_time", b"2026-02-01T09:00:00.0123456789Z"),
    "a day that is none": with_header(SENT, "ce_time", b"2026-02-30T09:00:00Z"),
    "a rollout in capitals": with_header(SENT, "ce_rollout", b"EFAKTURA"),
    "a rollout of 65 characters": with_header(SENT, "ce_rollout", b"a" * 65),
    "a rollout with a line end": with_header(SENT, "ce_rollout", b"efaktura-8b\n"),
    "structured: a name twice": as_structured()._replace(value=b'{"id":"a",' + (as_structured().value or b"")[1:]),
    "structured: an attribute that is null": as_structured(change=lambda event: event.update(traceparent=None)),
    "structured: an attribute that is a number": as_structured(change=lambda event: event.update(id=7)),
    "structured: an extension that is an object": as_structured(change=lambda event: event.update(weather={})),
    "structured: an extension that is a fraction": as_structured(change=lambda event: event.update(weather=1.5)),
    "structured: half a surrogate pair": as_structured(change=lambda event: event.update(id="\ud800")),
    "structured: half a surrogate pair in a name": as_structured(change=lambda event: event.update({"\udc00": "x"})),
}


@pytest.mark.parametrize("record", BAD_HEADERS.values(), ids=BAD_HEADERS.keys())
def test_a_malformed_attribute_is_a_bad_header(record: KafkaRecord) -> None:
    assert refusal(record).reason == "bad_header"


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


NOT_JSON = {
    "empty": SENT._replace(value=b""),
    "no JSON": SENT._replace(value=b"<a/>"),
    "not UTF-8": SENT._replace(value=b'{"agreement_id":"\xff"}'),
    "UTF-16": SENT._replace(value='{"agreement_id":"x"}'.encode("utf-16")),
    "byte order mark": SENT._replace(value=b"\xef\xbb\xbf" + (SENT.value or b"")),
    "NaN": with_raw(SENT, b'"x":NaN'),
    "Infinity": with_raw(SENT, b'"x":-Infinity'),
    "half a surrogate pair": with_raw(SENT, rb'"x":"\ud800"'),
    "half a surrogate pair in a name": with_raw(SENT, rb'"\udfff":1'),
    "65 levels": with_raw(SENT, b'"x":' + b"[" * 64 + b"]" * 64),
    "8,000 levels": with_raw(SENT, b'"x":' + b"[" * 8_000 + b"]" * 8_000),
    "structured: NaN": as_structured(change=lambda event: event["data"].update(x=float("nan"))),
    "structured: half a surrogate pair": as_structured(change=lambda event: event["data"].update(x="\ud800")),
    "structured: no data": as_structured(change=lambda event: event.pop("data")),
    "structured: data twice": as_structured(change=lambda event: event.update(data_base64="e30=")),
    "structured: not base64": as_structured(
        change=lambda event: event.update(data_base64="*") or event.pop("data")
    ),
    "structured: base64 that is a number": as_structured(
        change=lambda event: event.update(data_base64=1) or event.pop("data")
    ),
    "structured: base64 of no JSON": as_structured(
        change=lambda event: event.update(data_base64=base64.b64encode(b"{").decode()) or event.pop("data")
    ),
    "structured: 7,000 levels": as_structured()._replace(
        value=(as_structured().value or b"")[:-1] + b',"data":' + b"[" * 7_000 + b'"]"' + b"]" * 7_000 + b"}"
    ),
}  # fmt: skip


@pytest.mark.parametrize("record", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_data_that_cannot_be_read_are_not_json(record: KafkaRecord) -> None:
    assert refusal(record).reason == "not_json"


SCHEMA_ERRORS = {
    "": SENT._replace(value=b"[1]"),
    "/agreement_id": without_field(SENT, "agreement_id"),
    "/document/sha256": with_fields(SENT, document={"title": "t", "version": 1, "sha256": "A" * 64}),
    "/document/version": with_fields(SENT, document={"title": "t", "version": "1", "sha256": "a" * 64}),
    "/supplier": with_fields(SENT, supplier="KMD"),
    "/signer_role": with_fields(SENT, signer_role="kp_systemansvarlig"),
    "/sign_by": with_fields(SENT, sign_by="2026-02-30"),
    "/extra_cost_dkk": with_fields(SENT, extra_cost_dkk="0"),
    "/batch_id": with_fields(SENT, batch_id="B 1"),
    "/supersedes": with_fields(SENT, supersedes="a" * 65),
    "/rules": with_fields(FORWARDING, rules=[]),
    "/rules/0/ean": with_fields(FORWARDING, rules=[{"ean": "5798000000000", "valid_from": "2026-01-01"}]),
    "/rules/1/valid_from": with_fields(
        FORWARDING, rules=[{"ean": "5798009811578", "valid_from": "2026-01-01"}, {"ean": "5798009811578"}]
    ),
    "/revision": with_fields(FORWARDING, revision=2**31),
    "/target": with_fields(FORWARDING, target="kp"),
    "/roster/1": with_fields(BATCH, roster=["0101", "0411"]),
    "/role": with_fields(ORIENTED, role="borgmester"),
    "/topics/0": with_fields(ORIENTED, topics=["weather"]),
    "/note": with_fields(ORIENTED, note="x" * 2_001),
}


@pytest.mark.parametrize("pointer", SCHEMA_ERRORS)
def test_a_field_that_breaks_the_schema_is_pointed_at(pointer: str) -> None:
    answer = refusal(SCHEMA_ERRORS[pointer])

    assert answer.reason == "schema"
    assert [error.pointer for error in answer.errors] == [pointer]


def test_extra_cost_may_not_be_left_out_or_null_or_truth() -> None:
    wrong = [without_field(SENT, "extra_cost_dkk"), *(with_fields(SENT, extra_cost_dkk=v) for v in (None, False))]

    assert [refusal(record).reason for record in wrong] == ["schema"] * 3


def test_many_errors_are_listed_up_to_twenty() -> None:
    rules: list[dict[str, str]] = [{}] * 50

    assert len(refusal(with_fields(FORWARDING, rules=rules)).errors) == 20


def test_a_subject_other_than_the_field_that_it_repeats_breaks_the_schema() -> None:
    answer = refusal(with_header(SENT, "ce_subject", b"AG-other"))

    assert answer.reason == "schema"
    assert answer.errors == (FieldError("/agreement_id", "the attribute subject does not repeat this field"),)


def test_enrolment_is_about_its_municipality() -> None:
    enrolled = binary(example(EventName.MunicipalityEnrolled))

    assert refusal(with_header(enrolled, "ce_subject", b"0101")).reason == "schema"


@pytest.mark.parametrize("cost", [b"1", b"-0.01", b"1e400", b"1e-400", b"9" * 400])
def test_an_agreement_that_costs_extra_is_refused_in_the_words_of_the_card(cost: bytes) -> None:
    value = (SENT.value or b"").replace(b'"extra_cost_dkk":0', b'"extra_cost_dkk":' + cost)
    answer = refusal(SENT._replace(value=value))

    assert answer.reason == "extra_cost"
    assert "ikke er forbundet med en meromkostning at etablere snitfladen mellem ØS Indsigt og KP." in answer.detail
    assert answer.errors[0].pointer == "/extra_cost_dkk"


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
