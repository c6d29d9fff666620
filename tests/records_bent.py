"""Records of the log for Hypothesis: an example of each event, in either mode, bent in the ways that input goes bad."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from contracts.codec import encode, structured
from contracts.examples import EXAMPLES
from contracts.names import EventName
from contracts.records import KafkaRecord

#: 2026-12-31T00:00:00Z, after every example.
RECORDED = 1_798_675_200_000

Bend = Callable[[KafkaRecord], KafkaRecord]


@st.composite
def records(draw: DrawFn, bends: int = 2) -> KafkaRecord:
    """Draw one record: an example at a place of its own, bent up to so many times."""
    name = draw(st.sampled_from(sorted(EXAMPLES)))
    event = EXAMPLES[EventName(name)]
    message = encode(event)
    place = (draw(st.integers(0, 2)), draw(st.integers(0, 99)), RECORDED + draw(st.integers(0, 3)))
    record = KafkaRecord(message.topic, *place, message.key, message.value, message.headers)
    if draw(st.booleans()):
        record = record._replace(
            value=json.dumps(structured(event), indent=draw(st.sampled_from((None, 2)))).encode(),
            headers=[("content-type", b"application/cloudevents+json; charset=UTF-8")],
        )
    for bend in draw(st.lists(st.sampled_from(BENDS), max_size=bends)):
        record = bend(record)
    return record


def told_of(record: KafkaRecord) -> str:
    """Return the mode of a record: structured, or binary with `ce_` headers."""
    return "structured" if any(b"cloudevents" in (value or b"") for _, value in record.headers) else "binary"


def _attribute(name: str, value: Any) -> Bend:
    """Set an attribute; `...` leaves it out."""

    def bent(record: KafkaRecord) -> KafkaRecord:
        if told_of(record) == "structured":
            return _whole(record, {name: value})
        left = [(each, text) for each, text in record.headers if each != f"ce_{name}"]
        kept = value if value is None or isinstance(value, bytes) else str(value).encode()
        return record._replace(headers=left if value is ... else [*left, (f"ce_{name}", kept)])

    return bent


def _whole(record: KafkaRecord, changes: dict[str, Any]) -> KafkaRecord:
    """Change members of a structured event; bytes and the like have no place in one, and leave it as it is."""
    try:
        whole = json.loads(record.value or b"")
        kept = {name: value for name, value in {**whole, **changes}.items() if value is not ...}
        return record._replace(value=json.dumps(kept).encode())
    except (ValueError, TypeError):
        return record


def _data(**changes: Any) -> Bend:
    """Set fields of the data; `...` leaves one out."""

    def bent(record: KafkaRecord) -> KafkaRecord:
        try:
            whole = json.loads(record.value or b"")
            data = whole["data"] if told_of(record) == "structured" else whole
            kept = {name: value for name, value in {**data, **changes}.items() if value is not ...}
        except (ValueError, TypeError, KeyError):
            return record
        if told_of(record) == "structured":
            return _whole(record, {"data": kept})
        return record._replace(value=json.dumps(kept).encode())

    return bent


def _value(value: bytes | None) -> Bend:
    return lambda record: record._replace(value=value)


def _topic(topic: str) -> Bend:
    return lambda record: record._replace(topic=topic)


def _key(key: bytes | None) -> Bend:
    return lambda record: record._replace(key=key)


def _header(name: str, value: bytes | None) -> Bend:
    return lambda record: record._replace(headers=[*record.headers, (name, value)])


def _nested(deep: int) -> Any:
    return [] if deep == 0 else [_nested(deep - 1)]


_REQUIRED = ("id", "source", "type", "subject", "time", "dataschema", "rollout", "partitionkey")
_WRONG = (..., None, "", b"\xff")

BENDS: tuple[Bend, ...] = (
    *(_attribute(name, value) for name in _REQUIRED for value in _WRONG),
    *(_attribute("specversion", value) for value in ("0.3", ...)),
    _attribute("id", "x" * 64),
    _attribute("id", "x" * 65),
    _attribute("id", "æ" * 64),
    *(
        _attribute("time", text)
        for text in (
            "2026-02-01",
            "2026-02-01T09:00:00",
            "2026-02-30T09:00:00Z",
            "2026-02-01T09:00:00.123456789Z",
            "2026-02-01T09:00:00.1234567891Z",
            "2026-02-01t09:00:00z",
            "2026-02-01T09:00:60Z",
            "2026-02-01 09:00:00Z",
            "2026-02-01T09:00:00+24:00",
            "0001-01-01T00:00:00+01:00",
            "2026-12-31T00:05:00Z",
            "2026-12-31T00:05:00.001Z",
            "2026-12-31T00:05:00.0040001Z",
            "2027-01-01T00:00:00Z",
        )
    ),
    _attribute("rollout", "Efaktura"),
    _attribute("rollout", "-x"),
    _attribute("type", "dk.klarmeld.AgreementLost.v1"),
    _attribute("type", "dk.klarmeld.AgreementSent.v2"),
    _attribute("type", "dk.klarmeld.AgreementSent"),
    _attribute("type", "AgreementSent"),
    _attribute("source", "/klarmeld/portal"),
    _attribute("source", "/klarmeld/agreements"),
    _attribute("source", "/klarmeld/tasks"),
    _attribute("source", "/eg/portal"),
    _attribute("source", "/eg/"),
    _attribute("subject", "another"),
    _attribute("municipality", ...),
    _attribute("municipality", "0411"),
    _attribute("municipality", "0101"),
    _attribute("municipality", ""),
    _attribute("partitionkey", "0101"),
    _attribute("correlationid", "x"),
    _attribute("correlationid", ""),
    _attribute("somethingelse", "x"),
    *(
        (lambda record, topic=topic: record._replace(topic=topic))
        for topic in ("klarmeld.agreements", "klarmeld.tasks")
    ),
    *((lambda record, key=key: record._replace(key=key)) for key in (None, b"", b"0101", b"\xff")),
    *map(
        _value, (None, b"", b"\xff", b"null", b"[]", b"{", b"{}", b"x" * 16_385, b'{"a": NaN}', b'\xef\xbb\xbf{"a":1}')
    ),
    _header("anything", b"\xff\x00"),
    _header("anything", None),
    _header("content-type", b"application/json"),
    _header("ce_id", b"twice"),
    lambda record: record._replace(headers=[]),
    _data(unknown={"$where": 1, "a.b": [None, True, 10**40], "nul\0": "æ"}),
    _data(unknown=_nested(62)),
    _data(unknown=_nested(63)),
    _data(unknown="\ud800"),
    _data(unknown=float("nan")),
    _data(unknown=0.1),
    _data(cvr=None, sign_by=None, note=None, comment=None, invoice_ref=None, detail=None, valid_to=None),
    _data(extra_cost_dkk=0.0),
    _data(extra_cost_dkk=1),
    _data(extra_cost_dkk=-0.01),
    _data(extra_cost_dkk="0"),
    _data(extra_cost_dkk=False),
    _data(extra_cost_dkk=None),
    _data(reason="x" * 2000),
    _data(reason="x" * 2001),
    _data(reason=...),
    _data(reason=None),
    _data(agreement_id="AG 1"),
    _data(agreement_id=...),
    _data(webinar_id=7),
    _data(erp="øs indsigt"),
    _data(cvr="12345678"),
    _data(revision=-1),
    _data(revision=2**31),
    _data(version=2**31 - 1),
    _data(sequence=3),
    _data(sequence=True),
    _data(ean="5798000000000"),
    _data(ean="5798000416604"),
    _data(rules=[]),
    _data(rules=[{"ean": "5798000000000", "valid_from": "2026-02-01"}]),
    _data(document_sha256="A" * 64),
    _data(sha256="a" * 63),
    _data(roster=["0411"]),
    _data(partstat="maybe"),
    _data(topics=["nothing"]),
    _data(role="direktør"),
    _data(supplier="ØS"),
    _data(target="FK"),
)
