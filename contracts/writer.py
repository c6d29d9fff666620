"""Events written for the wire: strict, for what a reader would refuse is refused here."""

import base64
from dataclasses import dataclass
from typing import Any

from contracts.attributes import spec_of
from contracts.canonical import NotJsonError, canonical, plain_value
from contracts.envelope import CONTENT_TYPE, JSON, PREFIX, envelope_of
from contracts.events import Event
from contracts.facts import Fact
from contracts.instants import read_instant, shown, to_milliseconds
from contracts.reader import read
from contracts.records import KafkaRecord, Message, Record
from contracts.refusals import Reason, Refusal, RefusedError
from contracts.registry import SPEC_OF_MODEL, EventSpec
from contracts.topics import Topic


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """An event that is about to be told; `municipality` is None for a fact about the whole rollout.

    `time` is the RFC 3339 instant at which the fact holds. `topic` is only for a FactRetracted, which belongs to each.
    """

    data: Event
    id: str
    source: str
    time: str
    rollout: str
    municipality: str | None = None
    topic: Topic | None = None
    correlationid: str | None = None
    causationid: str | None = None
    traceparent: str | None = None


def encode(event: NewEvent) -> Message:
    """Return `event` in binary mode; raises RefusedError, a ValueError, where a reader would refuse it."""
    attributes = _attributes(event)
    message = _binary(_topic(event), attributes, _value(event).encode())
    told_at = to_milliseconds(read_instant(event.time))
    _check_readable(KafkaRecord(message.topic, 0, 0, told_at, message.key, message.value, message.headers))
    return message


def structured(event: NewEvent) -> dict[str, Any]:
    """Return `event` as one JSON object, attributes and data side by side; raises RefusedError like `encode`."""
    encode(event)
    return _object(_attributes(event), _value(event))


def to_message(record: Record) -> Message:
    """Return a readable record of either mode in binary mode, with every attribute, extension and byte of its data."""
    _check_readable(record)
    envelope = envelope_of(record.headers, record.value or b"")
    attributes = {name: text for name, text in envelope.attributes.items() if name != "datacontenttype"}
    return _binary(record.topic, attributes, envelope.data or b"")


def cloudevent_of(rollout: str, municipality: str | None, fact: Fact) -> dict[str, Any]:
    """Return a stored fact as one JSON object; data that hold a number beyond JSON libraries stand as data_base64."""
    attributes = {
        "specversion": "1.0",
        "id": fact.id,
        "source": fact.source,
        "type": fact.type,
        "subject": fact.subject,
        "time": shown(fact.time),
        "dataschema": spec_of({"type": fact.type}).dataschema,
        "rollout": rollout,
        **({"municipality": municipality} if municipality else {}),
        "partitionkey": municipality or rollout,
    }
    return _object(attributes, fact.body)


def _attributes(event: NewEvent) -> dict[str, str]:
    spec = SPEC_OF_MODEL[type(event.data)]
    said = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": spec.type,
        "subject": _subject(event, spec),
        "time": shown(read_instant(event.time)),
        "dataschema": spec.dataschema,
        "rollout": event.rollout,
        "municipality": event.municipality,
        "partitionkey": event.municipality or event.rollout,
        "correlationid": event.correlationid,
        "causationid": event.causationid,
        "traceparent": event.traceparent,
    }
    return {name: text for name, text in said.items() if text is not None}


def _subject(event: NewEvent, spec: EventSpec) -> str | None:
    """Return what the event is about; where that cannot be said the reader's check names the attribute."""
    if spec.subject_field is None:
        return event.municipality
    said: str | None = getattr(event.data, spec.subject_field)
    return said


def _topic(event: NewEvent) -> Topic:
    topics = SPEC_OF_MODEL[type(event.data)].topics
    if event.topic is None and len(topics) > 1:
        raise RefusedError(Reason.WRONG_TOPIC, f"A {type(event.data).__name__} belongs on each topic; say which.")
    return event.topic or topics[0]


def _value(event: NewEvent) -> str:
    return canonical(event.data.model_dump_json(exclude_none=True).encode())


def _binary(topic: str, attributes: dict[str, str], value: bytes) -> Message:
    headers = [(f"{PREFIX}{name}", text.encode()) for name, text in attributes.items()]
    return Message(topic, attributes["partitionkey"].encode(), value, [*headers, (CONTENT_TYPE, JSON.encode())])


def _object(attributes: dict[str, str], body: str) -> dict[str, Any]:
    """Return attributes and data side by side; JSON libraries would round some numbers, so those go as base64."""
    envelope: dict[str, Any] = {**attributes, "datacontenttype": JSON}
    try:
        return {**envelope, "data": plain_value(body)}
    except NotJsonError:
        return {**envelope, "data_base64": base64.b64encode(body.encode()).decode()}


def _check_readable(record: Record) -> None:
    heard = read(record, judged_at=record.timestamp)
    if isinstance(heard, Refusal):
        raise RefusedError(*heard)
