"""Structured CloudEvents from a file: JSON Lines, an array or one object; all of them readable, or none is taken."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from contracts.codec import KafkaRecord, Refusal, read
from contracts.http_binding import BATCH, NotCloudEventsError, records_of
from contracts.registry import SPEC_OF_TYPE
from contracts.topics import OWN_SOURCES, Topic
from deploy.cli.errors import UsageError

_ONE = {"content-type": "application/cloudevents+json"}
_MANY = {"content-type": BATCH}
_TOPIC_OF_SOURCE = {source: Topic(topic) for topic, source in OWN_SOURCES.items()}


class Told(NamedTuple):
    """One event of a file: where it stands there, its id, and the record that it would be."""

    where: str
    id: str
    record: KafkaRecord


def events_of(content: bytes, *, now_ms: int, topic: Topic | None = None) -> list[Told]:
    """Return every event; UsageError names line, field and remedy of each that could not be a fact.

    `topic` is for retractions, which belong to each topic; without it a retraction by a service goes to its own.
    """
    cut = list(_cut(content))
    if not cut:
        raise UsageError("There is no event to publish.", remedy="Give JSON Lines or a JSON array of CloudEvents.")
    told = [_told(where, text, now_ms, topic) for where, text in cut]
    complaints = [line for each in told for line in _complaints(each, now_ms)]
    if complaints:
        raise UsageError("\n".join(["Nothing was published. To mend:", *complaints]))
    return told


def _cut(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield each event with its place; an array is counted by events, everything else by lines."""
    stripped = content.strip()
    if stripped.startswith(b"["):
        try:
            records = records_of(Topic.AGREEMENTS, _MANY, stripped, 0)
        except NotCloudEventsError as error:
            raise UsageError(f"The file is no JSON array of events: {error}") from None
        yield from ((f"event {number}", record.value or b"") for number, record in enumerate(records, start=1))
    elif _is_json(stripped):
        yield "line 1", stripped
    else:
        lines = enumerate(content.splitlines(), start=1)
        yield from ((f"line {number}", line) for number, line in lines if line.strip())


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _told(where: str, text: bytes, now_ms: int, topic: Topic | None) -> Told:
    attributes = _attributes(text)
    chosen = _topic(attributes, topic)
    (record,) = records_of(chosen, _ONE, text, now_ms)
    return Told(where, str(attributes.get("id")), record)


def _topic(attributes: dict[str, Any], topic: Topic | None) -> Topic:
    """Return the topic that the event's type belongs to; the reader complains where there is no such type."""
    spec = SPEC_OF_TYPE.get(str(attributes.get("type")))
    if spec is None or len(spec.topics) == 1:
        return spec.topics[0] if spec else Topic.AGREEMENTS
    return topic or _TOPIC_OF_SOURCE.get(str(attributes.get("source")), Topic.AGREEMENTS)


def _attributes(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _complaints(told: Told, now_ms: int) -> Sequence[str]:
    heard = read(told.record, judged_at=now_ms)
    if not isinstance(heard, Refusal):
        return []
    fields = [f"{told.where}: {heard.reason} at /data{error.pointer}: {error.detail}" for error in heard.errors]
    return fields or [f"{told.where}: {heard.reason}: {heard.detail}"]
