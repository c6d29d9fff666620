"""One record for each reason why a record is no fact, as some client could send it."""

from collections.abc import Mapping

from contracts.codec import KafkaRecord
from contracts.examples import example
from contracts.names import EventName
from contracts.records import Message
from contracts.refusals import Reason
from contracts.topics import Topic
from tests.unit.contracts.records_made import binary, with_fields, with_header

_SENT = EventName.AgreementSent


def poison(rollout: str) -> Mapping[Reason, Message]:
    """Return a message for each reason; `too_many_facts` is none that a record can have by itself."""
    sent = binary(example(_SENT, rollout=rollout))
    bent = {
        Reason.TOMBSTONE: sent._replace(value=None),
        Reason.TOO_LARGE: sent._replace(value=b"{" + b" " * 16_384 + b"}"),
        Reason.NOT_CLOUDEVENT: with_header(sent, "ce_specversion", b"0.3"),
        Reason.BAD_HEADER: with_header(sent, "ce_id", None),
        Reason.UNKNOWN_TYPE: with_header(sent, "ce_type", b"dk.klarmeld.AgreementLost.v1"),
        Reason.UNKNOWN_VERSION: with_header(sent, "ce_type", b"dk.klarmeld.AgreementSent.v9"),
        Reason.WRONG_TOPIC: sent._replace(topic=Topic.TASKS),
        Reason.WRONG_SOURCE: with_header(sent, "ce_source", b"/klarmeld/tasks"),
        Reason.BAD_KEY: sent._replace(key=b"0101"),
        Reason.NOT_JSON: sent._replace(value=b'{"agreement_id": \xff}'),
        Reason.SCHEMA: with_fields(sent, supplier="KMD"),
        Reason.EXTRA_COST: with_fields(sent, extra_cost_dkk=100),
        Reason.FUTURE_TIME: with_header(sent, "ce_time", b"2999-01-01T00:00:00Z"),
    }
    return {reason: _sent(record) for reason, record in bent.items()}


def odd_headers(rollout: str) -> list[Message]:
    """Return records with headers of a content that no text has, or with names that nobody expects."""
    sent = binary(example(_SENT, rollout=rollout))
    odd: list[tuple[str, bytes | None]] = [
        ("ce_subject", b"\xff\xfe"),
        ("x-null", None),
        ("x-bytes", bytes(range(256))),
        ("", b"no name"),
        ("ce_", b"no name after the prefix"),
        ("x-æøå-🦊", b"not ASCII"),
        ("CE_ID", b"upper case"),
        ("$where", b"a name that a database knows"),
        ("a.b\0c", b"dots and NUL"),
        ("x" * 1_000, b"long"),
    ]
    return [_sent(sent._replace(headers=[*sent.headers, header])) for header in odd]


def huge(rollout: str) -> Message:
    """Return a record that is small on the wire when compressed, and larger than MongoDB takes."""
    return _sent(binary(example(_SENT, rollout=rollout))._replace(value=b" " * 20_000_000))


def _sent(record: KafkaRecord) -> Message:
    return Message(record.topic, record.key, record.value, list(record.headers))  # type: ignore[arg-type]
