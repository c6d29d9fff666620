"""Attributes that are missing, doubled or malformed: each record is wrong in one of them only."""

import pytest

from contracts.codec import KafkaRecord
from tests.unit.contracts.records_made import (
    add_header,
    as_structured,
    binary,
    refusal,
    with_header,
    without,
)

SENT = binary()


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
