"""Data that cannot be read, break their schema or the card: each wrong in one way only."""

import base64

import pytest

from contracts.codec import FieldError, KafkaRecord
from contracts.examples import example
from contracts.names import EventName
from tests.unit.contracts.records_made import (
    as_structured,
    binary,
    refusal,
    with_fields,
    with_header,
    with_raw,
    without_field,
)

SENT = binary()
BATCH = binary(example(EventName.AgreementBatchDispatched))
ORIENTED = binary(example(EventName.StakeholderOriented))
FORWARDING = binary(example(EventName.ForwardingConfigured))


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
