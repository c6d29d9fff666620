"""Each example as it goes over the wire: as a record of Kafka, and as an HTTP request, binary and structured.

`python -m tests.contract.golden_bytes` writes what is missing below `golden/`; what is there stays as it is.
"""

import json
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from contracts.codec import encode, structured
from contracts.examples import EXAMPLES, example
from contracts.names import EventName
from contracts.registry import SPEC_OF_MODEL
from contracts.topics import OPEN_TO_EG

GOLDEN = Path(__file__).parent / "golden"
KAFKA, BINARY, STRUCTURED = "kafka", "http-binary", "http-structured"
#: What a header may hold as it is (HTTP binding of CloudEvents 1.0, 3.1.3.2).
SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')

#: Every example, and one whose attributes are not plain ASCII.
EVENTS = {
    **{SPEC_OF_MODEL[type(event.data)].dataschema.removesuffix(".json"): event for event in EXAMPLES.values()},
    "AgreementViewed.v1.unusual": example(
        EventName.AgreementViewed, id='ånet "æble" 50 %', causationid="før/efter", correlationid="aftale 630"
    ),
}


class Request(NamedTuple):
    """An HTTP request taken apart."""

    line: str
    headers: dict[str, str]
    body: bytes


def written(name):
    """Return the files of one event by path, as bytes."""
    event = EVENTS[name]
    files = {GOLDEN / KAFKA / f"{name}.json": _record(encode(event))}
    if event.topic in OPEN_TO_EG:
        files[GOLDEN / BINARY / f"{name}.http"] = _binary(encode(event))
        files[GOLDEN / STRUCTURED / f"{name}.http"] = _structured(event)
    return files


def read_request(path):
    head, _, body = path.read_bytes().partition(b"\r\n\r\n")
    line, _, headers = head.partition(b"\r\n")
    return Request(line.decode(), {k.lower(): v for k, v in BytesHeaderParser().parsebytes(headers).items()}, body)


def _record(message):
    told = {
        "topic": message.topic,
        "key": message.key.decode(),
        "headers": {name: value.decode() for name, value in message.headers},
        "value": message.value.decode(),
    }
    return f"{json.dumps(told, ensure_ascii=False, indent=2)}\n".encode()


def _binary(message):
    headers = {
        f"ce-{name.removeprefix('ce_')}": quote(value.decode(), safe=SAFE)
        for name, value in message.headers
        if name != "content-type"
    }
    return _request({**headers, "content-type": "application/json"}, message.value)


def _structured(event):
    body = json.dumps(structured(event), ensure_ascii=False, separators=(",", ":")).encode()
    return _request({"content-type": "application/cloudevents+json"}, body)


def _request(headers, body):
    lines = ["POST /v1/events HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode() + body


def write():
    for name in EVENTS:
        for path, content in written(name).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_bytes(content)


if __name__ == "__main__":
    write()
