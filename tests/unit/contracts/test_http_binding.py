"""Events over HTTP become the records that the log would hold."""

import json

import pytest

from contracts.codec import Reason, Refusal, read, structured
from contracts.examples import example
from contracts.http_binding import NotCloudEventsError, records_of
from contracts.names import EventName
from contracts.topics import Topic
from tests.unit.contracts.records_made import RECORDED, binary

SENT = example(EventName.AgreementSent)
WHOLE = structured(SENT)
BINARY = {
    **{f"Ce-{name.title()}": str(value) for name, value in WHOLE.items() if name not in {"data", "datacontenttype"}},
    "Content-Type": "application/json",
}
DATA = json.dumps(WHOLE["data"]).encode()
STRUCTURED = {"content-type": "application/cloudevents+json; charset=utf-8"}
BATCH = {"Content-Type": "Application/CloudEvents-Batch+JSON"}


def bodies(headers: dict[str, str], body: bytes) -> list[object]:
    """Return what the reader makes of a request: bodies of facts, reasons of refusals."""
    answers = [read(record) for record in records_of(Topic.AGREEMENTS, headers, body, RECORDED)]
    return [answer.reason if isinstance(answer, Refusal) else answer.fact.body for answer in answers]


@pytest.mark.parametrize(
    ("headers", "body"), [(BINARY, DATA), (STRUCTURED, json.dumps(WHOLE).encode())], ids=["binary", "structured"]
)
def test_an_event_over_http_is_the_fact_that_the_log_would_tell(headers: dict[str, str], body: bytes) -> None:
    [record] = records_of(Topic.AGREEMENTS, headers, body, RECORDED)

    assert read(record) == read(binary(SENT)._replace(partition=0, offset=0))


def test_a_batch_is_as_many_records_in_its_order() -> None:
    signed = structured(example(EventName.AgreementSigned))
    records = records_of(Topic.AGREEMENTS, BATCH, json.dumps([WHOLE, signed]).encode(), RECORDED)

    assert [(record.offset, json.loads(record.value or b"")) for record in records] == [(0, WHOLE), (1, signed)]
    assert not any(isinstance(read(record), Refusal) for record in records)


def test_numbers_in_a_batch_are_not_rounded() -> None:
    whole = {**WHOLE, "data": {**WHOLE["data"], "x": "HERE"}}
    body = json.dumps([whole]).replace('"HERE"', "1e400").encode()

    [text] = bodies(BATCH, body)

    assert '"x":1e400' in str(text)


def test_an_empty_batch_is_no_record() -> None:
    assert records_of(Topic.AGREEMENTS, BATCH, b"[]", RECORDED) == []


def test_what_is_wrong_with_one_event_of_a_batch_the_reader_says() -> None:
    assert bodies(BATCH, b'[1, {}, {"specversion": "1.0", "partitionkey": "\\ud800"}]') == [
        Reason.NOT_CLOUDEVENT,
        Reason.NOT_CLOUDEVENT,
        Reason.BAD_HEADER,
    ]


@pytest.mark.parametrize("body", [b"", b"{}", b"[1", b"[1] 2", b'["\xff"]'])
def test_a_batch_that_cannot_be_cut_is_refused(body: bytes) -> None:
    with pytest.raises(NotCloudEventsError, match="batch") as caught:
        records_of(Topic.AGREEMENTS, BATCH, body, RECORDED)

    assert caught.value.pointer == ""


def test_another_format_of_cloudevents_is_refused() -> None:
    with pytest.raises(NotCloudEventsError, match="not read"):
        records_of(Topic.AGREEMENTS, {"content-type": "application/cloudevents+protobuf"}, b"", RECORDED)


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        ("AG-1", b"AG-1"),
        ("%C3%A6%20%2525", "æ %25".encode()),
        ('"a \\"b\\""', b'a "b"'),
        ("æ".encode().decode("latin-1"), "æ".encode()),
        ("€", "€".encode()),
        ("100%", b"100%"),
        ('"', b'"'),
    ],
    ids=["plain", "percent", "quoted", "UTF-8 as it is", "beyond Latin-1", "a lone percent", "a lone quote"],
)
def test_a_header_value_is_decoded_once(sent: str, read_as: bytes) -> None:
    [record] = records_of(Topic.AGREEMENTS, {"ce-id": sent}, b"", RECORDED)

    assert record.headers == [("ce_id", read_as)]


def test_a_request_without_attributes_is_no_cloudevent() -> None:
    assert bodies({}, DATA) == [Reason.NOT_CLOUDEVENT]


def test_a_request_without_partitionkey_lacks_that_attribute() -> None:
    headers = {name: value for name, value in BINARY.items() if name != "Ce-Partitionkey"}
    [record] = records_of(Topic.AGREEMENTS, headers, DATA, RECORDED)
    answer = read(record)

    assert isinstance(answer, Refusal)
    assert "attribute partitionkey is absent" in answer.detail
