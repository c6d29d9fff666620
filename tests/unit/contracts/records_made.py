"""Records for tests of the codec: a good one, and the ways to bend it."""

import json
from collections.abc import Callable
from typing import Any

from contracts.codec import KafkaRecord, NewEvent, Refusal, encode, read, structured
from contracts.examples import example
from contracts.names import EventName

#: 2026-12-31T00:00:00Z, after every example.
RECORDED = 1_798_675_200_000
STRUCTURED = [("content-type", b"application/cloudevents+json; charset=UTF-8")]


def binary(event: NewEvent | None = None) -> KafkaRecord:
    """Return `event`, else a sent agreement, as the log would hold it in binary mode."""
    message = encode(event or example(EventName.AgreementSent))
    return KafkaRecord(message.topic, 3, 7, RECORDED, message.key, message.value, message.headers)


def as_structured(event: NewEvent | None = None, change: Callable[[dict[str, Any]], Any] | None = None) -> KafkaRecord:
    """Return the same in structured mode; `change` bends the object before it becomes text."""
    event = event or example(EventName.AgreementSent)
    whole = structured(event)
    if change:
        change(whole)
    return binary(event)._replace(value=json.dumps(whole).encode(), headers=STRUCTURED)


def with_header(record: KafkaRecord, name: str, value: bytes | None) -> KafkaRecord:
    """Return `record` with one header of that name, and that value."""
    return add_header(without(record, name), name, value)


def add_header(record: KafkaRecord, name: str, value: bytes | None) -> KafkaRecord:
    return record._replace(headers=[*record.headers, (name, value)])


def without(record: KafkaRecord, name: str) -> KafkaRecord:
    return record._replace(headers=[header for header in record.headers if header[0] != name])


def with_fields(record: KafkaRecord, **fields: Any) -> KafkaRecord:
    """Return `record` with other data; a field given as None is null there."""
    return record._replace(value=json.dumps({**json.loads(record.value or b""), **fields}).encode())


def without_field(record: KafkaRecord, field: str) -> KafkaRecord:
    data = json.loads(record.value or b"")
    del data[field]
    return record._replace(value=json.dumps(data).encode())


def with_raw(record: KafkaRecord, field: bytes) -> KafkaRecord:
    """Return `record` with one more member of its data, spelled as it stands."""
    return record._replace(value=(record.value or b"")[:-1] + b"," + field + b"}")


def refusal(record: KafkaRecord) -> Refusal:
    """Return why a record is no event; one that is one fails the test."""
    answer = read(record)
    assert isinstance(answer, Refusal), answer
    return answer
