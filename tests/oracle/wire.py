"""A record of the log read by hand: a telling and its document, or the reason for parking it, check by check."""

import csv
import json
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, Never, Protocol

from tests.oracle.reading import ABOUT_THE_ROLLOUT, Told, instant
from tests.oracle.shapes import SHAPES, fits

TOPICS = ("klarmeld.agreements", "klarmeld.notifications", "klarmeld.tasks")
NEEDED = ("specversion", "id", "source", "type", "subject", "time", "dataschema", "rollout", "partitionkey")
OPTIONAL = ("municipality", "traceparent", "correlationid", "causationid")
#: 98 of them, in the table of the repository; the oracle shares data with production, and no code.
MUNICIPALITIES = {
    row["code"]
    for row in csv.DictReader(
        (Path(__file__).parents[2] / "contracts/data/municipalities.csv").read_text(encoding="utf-8").splitlines()
    )
}


Headers = Sequence[tuple[str, bytes | None]]


class Raw(Protocol):
    """A record as any Kafka client has it; `timestamp` in milliseconds since 1970."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...


class Heard(NamedTuple):
    """A telling and the document that it belongs to; `municipality` is None for the rollout's own."""

    rollout: str
    municipality: str | None
    told: Told


class ParkedError(Exception):
    """Why a record cannot be a fact: the reason code."""


def read(record: Raw) -> Heard:
    """Read one record; ParkedError names the first check that fails, in the order of the contract."""
    if record.value is None:
        raise ParkedError("tombstone")
    if len(record.value) > 16_384:
        raise ParkedError("too_large")
    attributes, body = _envelope(record.headers, record.value)
    _check_attributes(attributes)
    name = _name(attributes["type"])
    _check_origin(name, record.topic, attributes["source"])
    _check_key(name, record.key, attributes)
    data = _json(body) if isinstance(body, bytes) else _strict(body)
    _check_data(name, data, attributes)
    _check_time(attributes["time"], record.timestamp)
    place = (record.timestamp, record.topic, record.partition, record.offset)
    named = (attributes["source"], attributes["id"], attributes["type"], attributes["subject"])
    return Heard(
        attributes["rollout"], attributes.get("municipality"), Told(place, *named, instant(attributes["time"]), data)
    )


def _envelope(headers: Headers, value: bytes) -> tuple[dict[str, Any], Any]:
    """`not_cloudevent`: no `ce_` header and not application/cloudevents+json; no object; specversion not 1.0."""
    content_type = next((value or b"" for name, value in headers if name.lower() == "content-type"), b"")
    if content_type.split(b";")[0].strip().lower() == b"application/cloudevents+json":
        attributes, body = _structured(value)
    elif any(name.startswith("ce_") for name, _ in headers):
        attributes, body = _binary(headers), value
    else:
        raise ParkedError("not_cloudevent")
    if attributes.get("specversion") != "1.0":
        raise ParkedError("not_cloudevent")
    return attributes, body


def _structured(value: bytes) -> tuple[dict[str, Any], Any]:
    try:
        whole = json.loads(value.decode(), parse_float=Decimal)
    except (ValueError, RecursionError):
        raise ParkedError("not_cloudevent") from None
    if not isinstance(whole, dict):
        raise ParkedError("not_cloudevent")
    return {name: text for name, text in whole.items() if name != "data"}, whole.get("data")


def _binary(headers: Headers) -> dict[str, Any]:
    """`bad_header`, told by None: null, not UTF-8, twice."""
    attributes: dict[str, Any] = {}
    for name, value in headers:
        if name.startswith("ce_"):
            attributes[name[3:]] = None if name[3:] in attributes else _utf8(value)
    return attributes


def _utf8(value: bytes | None) -> str | None:
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return None


def _check_attributes(attributes: dict[str, Any]) -> None:
    """Attribute absent, null, empty, not UTF-8, twice; id > 64; bad `time`; rollout."""
    absent = [name for name in NEEDED if not attributes.get(name)]
    empty = [name for name in OPTIONAL if name in attributes and not attributes[name]]
    if absent or empty or not all(isinstance(attributes[name], str) for name in NEEDED):
        raise ParkedError("bad_header")
    if len(attributes["id"]) > 64 or not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,63}", attributes["rollout"]):
        raise ParkedError("bad_header")
    rfc3339 = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)"
    if not re.fullmatch(rfc3339, attributes["time"], re.ASCII):
        raise ParkedError("bad_header")
    try:
        instant(attributes["time"])
    except (ValueError, OverflowError):
        raise ParkedError("bad_header") from None


def _name(event_type: str) -> str:
    named = re.fullmatch(r"dk\.klarmeld\.([A-Za-z]+)\.v(\d+)", event_type, re.ASCII)
    if named is None or named[1] not in SHAPES:
        raise ParkedError("unknown_type")
    if named[2] != "1":
        raise ParkedError("unknown_version")
    return named[1]


def _check_origin(name: str, topic: str, source: str) -> None:
    """One topic per owning service, all its types in it; tasks is a municipality's own word."""
    if topic != SHAPES[name].topic and not (name == "FactRetracted" and topic in TOPICS):
        raise ParkedError("wrong_topic")
    from_eg = topic != "klarmeld.tasks" and re.fullmatch(r"/eg/[^/\s]+", source)
    if not from_eg and source != topic.replace("klarmeld.", "/klarmeld/"):
        raise ParkedError("wrong_source")


def _check_key(name: str, key: bytes | None, attributes: dict[str, Any]) -> None:
    """Key ≠ partitionkey; municipality not one of the 98, absent, present on a ® type, or ≠ partitionkey."""
    municipality = attributes.get("municipality")
    about_the_rollout = name in ABOUT_THE_ROLLOUT or (name == "FactRetracted" and municipality is None)
    fitting = municipality is None if about_the_rollout else municipality in MUNICIPALITIES
    owner = attributes["rollout"] if about_the_rollout else municipality
    if key != attributes["partitionkey"].encode() or not fitting or attributes["partitionkey"] != owner:
        raise ParkedError("bad_key")


def _json(body: bytes) -> Any:
    """Not UTF-8, byte order mark, NaN / Infinity, lone surrogate, nesting > 64."""
    try:
        return _strict(json.loads(body.decode(), parse_float=Decimal, parse_constant=_refuse))
    except (ValueError, RecursionError):
        raise ParkedError("not_json") from None


def _refuse(name: str) -> Never:
    raise ValueError(name)


def _strict(value: Any, deep: int = 0) -> Any:
    """Return the value itself if each text in it can be written, each number is one, and it is not too deep."""
    if isinstance(value, dict | list) and deep >= 64:
        raise ParkedError("not_json")
    if isinstance(value, float) or (isinstance(value, str) and any("\ud800" <= each <= "\udfff" for each in value)):
        raise ParkedError("not_json")
    for each in _inside(value):
        _strict(each, deep + 1)
    return value


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


def _check_data(name: str, data: Any, attributes: dict[str, Any]) -> None:
    if not fits(SHAPES[name], data, attributes["subject"], attributes.get("municipality")):
        raise ParkedError("schema")
    if name == "AgreementBatchDispatched" and not set(data["roster"]) <= MUNICIPALITIES:
        raise ParkedError("schema")
    if name == "AgreementSent" and data["extra_cost_dkk"] != 0:
        raise ParkedError("extra_cost")


def _check_time(time: str, recorded: int) -> None:
    """More than 5 minutes after the record's own timestamp."""
    whole, _, fraction = instant(time)[:-1].partition(".")
    seconds = (_days_since_1970(whole[:10]) * 24 + int(whole[11:13])) * 3600 + int(whole[14:16]) * 60 + int(whole[17:])
    if seconds * 1_000_000 + int(fraction) > (recorded + 5 * 60 * 1000) * 1000:
        raise ParkedError("future_time")


def _days_since_1970(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days
