"""CloudEvents over HTTP as records of the log: binary, structured and batch, for the same reader."""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from contracts.envelope import CONTENT_TYPE, PREFIX, STRUCTURED
from contracts.members import NotCutError, items, members
from contracts.records import KafkaRecord

BATCH = "application/cloudevents-batch+json"
HTTP_PREFIX = "ce-"


class NotCloudEventsError(ValueError):
    """The body cannot be cut into events; `pointer` (JSON pointer) names the event that is none."""

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer = pointer


def records_of(topic: str, headers: Mapping[str, str], body: bytes, now_ms: int) -> list[KafkaRecord]:
    """Return one record per event of a request, as if it stood on `topic` already; raises NotCloudEventsError.

    Whether the records are facts is the reader's to say. Partition is 0 and the offset counts the events.
    """
    media_type = _media_type(headers)
    if media_type == BATCH:
        return [_structured(topic, value, now_ms, offset) for offset, value in enumerate(_events(body))]
    if media_type == STRUCTURED:
        return [_structured(topic, body, now_ms, 0)]
    if media_type.startswith("application/cloudevents"):
        raise NotCloudEventsError("", f"The content-type is not read; send {STRUCTURED} or {BATCH}.")
    attributes = _attributes(headers)
    return [KafkaRecord(topic, 0, 0, now_ms, dict(attributes).get(f"{PREFIX}partitionkey"), body, attributes)]


def _media_type(headers: Mapping[str, str]) -> str:
    found = (value for name, value in headers.items() if name.lower() == CONTENT_TYPE)
    return next(found, "").partition(";")[0].strip().lower()


def _structured(topic: str, value: bytes, now_ms: int, offset: int) -> KafkaRecord:
    return KafkaRecord(topic, 0, offset, now_ms, _key(value), value, [(CONTENT_TYPE, STRUCTURED.encode())])


def _key(value: bytes) -> bytes | None:
    """Return the partitionkey of an event as far as it can be read; what is wrong the reader says."""
    try:
        found = {member.name: member.value for member in members(value.decode())}
        return str(found["partitionkey"]).encode()
    except (ValueError, KeyError):
        return None


def _events(body: bytes) -> list[bytes]:
    try:
        return [item.encode() for item in items(body.decode())]
    except NotCutError as error:
        raise NotCloudEventsError("", f"The batch is no JSON list: {error}.") from None
    except UnicodeDecodeError as error:
        raise NotCloudEventsError("", f"The batch is not UTF-8 at byte {error.start}.") from None


def _attributes(headers: Mapping[str, str]) -> list[tuple[str, bytes | None]]:
    prefixed = [(name.lower(), value) for name, value in headers.items() if name.lower().startswith(HTTP_PREFIX)]
    return [(f"{PREFIX}{name.removeprefix(HTTP_PREFIX)}", _decoded(value)) for name, value in prefixed]


def _decoded(value: str) -> bytes:
    """Undo quotes, then percent-encoding, as the HTTP binding of CloudEvents has it; headers come as Latin-1."""
    text = value.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = _ESCAPED.sub(r"\1", text[1:-1])
    try:
        return unquote_to_bytes(text.encode("latin-1"))
    except UnicodeEncodeError:
        return unquote_to_bytes(text.encode())


_ESCAPED = re.compile(r"\\(.)")
