"""A CloudEvent taken out of its record, binary or structured: its attributes as text and its data as bytes."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from contracts.members import Member, NotCutError, members
from contracts.refusals import Reason, RefusedError

PREFIX = "ce_"
CONTENT_TYPE = "content-type"
JSON = "application/json"
STRUCTURED = "application/cloudevents+json"
Headers = Sequence[tuple[str, bytes | None]]

REQUIRED = (
    "specversion", "id", "source", "type", "subject", "time", "dataschema", "rollout", "partitionkey",
)  # fmt: skip
KNOWN = frozenset({*REQUIRED, "municipality", "correlationid", "causationid", "traceparent"})
#: The headers of nearly every record, and what each of them is to an envelope.
_USUAL = {CONTENT_TYPE: CONTENT_TYPE, **{f"{PREFIX}{name}": name for name in KNOWN}}


class Envelope(NamedTuple):
    """`attributes` holds every attribute and extension by name; `flaw` says why there is no data."""

    attributes: dict[str, str]
    data: bytes | None
    flaw: str = ""


def envelope_of(headers: Headers, value: bytes) -> Envelope:
    """Open a record in either mode; raises RefusedError (`not_cloudevent`, `bad_header`)."""
    usual = _usual(headers)
    return _unusual(headers, value) if usual is None else Envelope(usual, value)


def _usual(headers: Headers) -> dict[str, str] | None:
    """Return the attributes of a binary record whose headers are all known and there once; None of any other."""
    try:
        attributes = {_USUAL[name]: value.decode() for name, value in headers}  # type: ignore[union-attr]
    except (KeyError, AttributeError, UnicodeDecodeError):
        return None
    usual = len(attributes) == len(headers) and attributes.pop(CONTENT_TYPE, "") == JSON
    return attributes if usual and attributes.get("specversion") == "1.0" else None


def _unusual(headers: Headers, value: bytes) -> Envelope:
    media_type = _media_type(headers)
    if media_type == STRUCTURED:
        return _structured(value)
    if media_type.startswith("application/cloudevents"):
        raise RefusedError(
            Reason.NOT_CLOUDEVENT, f"The content-type {media_type[:80]!r} is not read; send one event as {STRUCTURED}."
        )
    return Envelope(_binary(headers), value)


def _media_type(headers: Headers) -> str:
    for name, value in headers:
        if len(name) == _LENGTH and value is not None and name.lower() == CONTENT_TYPE:
            return value.partition(b";")[0].strip().lower().decode(errors="replace")
    return ""


_LENGTH = len(CONTENT_TYPE)


def _binary(headers: Headers) -> dict[str, str]:
    raw = [(name[3:], value) for name, value in headers if name[:3] == PREFIX]
    try:
        attributes = {name: value.decode() for name, value in raw if value is not None}
    except UnicodeDecodeError:
        return _one_by_one(raw)
    if len(attributes) == len(raw) and attributes.get("specversion") == "1.0":
        return attributes
    return _one_by_one(raw)


def _one_by_one(raw: Headers) -> dict[str, str]:
    """Return the attributes, or refuse them for the first of them that is wrong."""
    if not raw:
        raise RefusedError(
            Reason.NOT_CLOUDEVENT,
            f"No header begins with ce_ and the content-type is not {STRUCTURED}; send a CloudEvent.",
        )
    _check_specversion([value for name, value in raw if name == "specversion"], b"1.0")
    attributes: dict[str, str] = {}
    for name, value in raw:
        if name in attributes:
            raise _twice(name)
        attributes[name] = _decoded(name, value)
    return attributes  # pragma: no cover - what is right throughout was returned before it came here


def _decoded(name: str, value: bytes | None) -> str:
    if value is None:
        raise RefusedError(Reason.BAD_HEADER, f"The attribute {name} is null; give it a value, or leave it out.")
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise RefusedError(Reason.BAD_HEADER, f"The attribute {name} is not UTF-8; send it as UTF-8.") from None


def _structured(value: bytes) -> Envelope:
    try:
        found = members(value.decode())
    except (UnicodeDecodeError, NotCutError):
        raise RefusedError(
            Reason.NOT_CLOUDEVENT, "The value is no JSON object in UTF-8; send the event as one object."
        ) from None
    _check_specversion([member.value for member in found if member.name == "specversion"], "1.0")
    data = {member.name: member for member in found if member.name in _DATA}
    attributes = dict(_attributes(member for member in found if member.name not in _DATA))
    return Envelope(attributes, *_data(data))


_DATA = ("data", "data_base64")


def _attributes(found: Iterator[Member]) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for name, value, _ in found:
        if name in seen:
            raise _twice(name)
        seen.add(name)
        if value is not None or name in KNOWN:
            yield name, _as_text(name, value)


def _as_text(name: str, value: Any) -> str:
    """Return an attribute as its header would say it: CloudEvents lets extensions be whole numbers and booleans."""
    if isinstance(value, bool | int) and name not in KNOWN:
        return str(value).lower()
    if not isinstance(value, str):
        raise RefusedError(Reason.BAD_HEADER, f"The attribute {name} is not a text; send it as a JSON string.")
    return _whole(name, value)


def _whole(name: str, value: str) -> str:
    try:
        (name + value).encode()
    except UnicodeEncodeError:
        raise RefusedError(Reason.BAD_HEADER, "An attribute holds half of a surrogate pair; send UTF-8.") from None
    return value


def _data(found: dict[str, Member]) -> tuple[bytes | None, str]:
    match found:
        case {"data": _, "data_base64": _}:
            return None, "the event has both data and data_base64"
        case {"data": member}:
            return member.text.encode(), ""
        case {"data_base64": member}:
            return _from_base64(member.value)
        case _:
            return None, "the event has no data"


def _from_base64(text: Any) -> tuple[bytes | None, str]:
    try:
        return base64.b64decode(text, validate=True), ""
    except (TypeError, ValueError, binascii.Error):
        return None, "its data_base64 is not base64"


def _check_specversion(found: Sequence[object], expected: object) -> None:
    if not found or any(version != expected for version in found):
        raise RefusedError(Reason.NOT_CLOUDEVENT, "The attribute specversion is not 1.0; send CloudEvents 1.0.")


def _twice(name: str) -> RefusedError:
    return RefusedError(Reason.BAD_HEADER, f"The attribute {name[:64]} is there twice; send it once.")
