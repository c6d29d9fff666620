"""Canonical JSON: equal values give equal text, whatever the spacing, order of keys or spelling of numbers."""

import json
import re
from typing import Any, Never

from contracts.numbers import ExactNumber, decimal_number, whole_number

DEEPEST = 64


class NotJsonError(ValueError):
    """The bytes are not the JSON that the wire contract takes; the message says why."""


def canonical(data: bytes) -> str:
    """Return `data` with sorted keys and no spaces; of a name given twice the last counts. Raises NotJsonError."""
    return text_and_bytes(read_json(data))[0]


def read_json(data: bytes) -> Any:
    """Return the JSON value of `data`; numbers that Python would round or refuse are kept as ExactNumber."""
    text = _text(data)
    try:
        value = _decoded(text)
    except RecursionError:
        raise NotJsonError(_TOO_DEEP) from None
    except json.JSONDecodeError as error:
        raise NotJsonError(f"it is no JSON: {error.msg} at character {error.pos}") from None
    if len(data) > 2 * DEEPEST and data.count(b"[") + data.count(b"{") > DEEPEST and _depth(text) > DEEPEST:
        raise NotJsonError(_TOO_DEEP)
    return value


def _decoded(text: str) -> Any:
    """Return the value of `text`; of nearly every text nothing stands around it."""
    try:
        value, end = _DECODER.raw_decode(text)
    except json.JSONDecodeError:
        end = -1
    return value if end == len(text) else _DECODER.decode(text)


def text_and_bytes(value: Any) -> tuple[str, bytes]:
    """Return the canonical text of what `read_json` returned, and the same in UTF-8."""
    try:
        text = "".join(_ENCODE(value, 0))
    except TypeError:
        text = _written(value)  # it holds a number that only its own text says exactly
    try:
        return text, text.encode()
    except UnicodeEncodeError:
        raise NotJsonError("it holds half of a surrogate pair (\\ud800 to \\udfff), which no text does") from None


def plain_value(text: str) -> Any:
    """Return the value of canonical text as any JSON library holds it; NotJsonError where a number would be rounded."""
    return _PLAIN.decode(text)


def _text(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise NotJsonError("it begins with a byte order mark")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise NotJsonError(f"it is not UTF-8 at byte {error.start}") from None


def _refuse_constant(name: str) -> Never:
    raise NotJsonError(f"{name} is no JSON number")


def _plain_number(literal: str) -> int | float:
    number = decimal_number(literal)
    if isinstance(number, ExactNumber):
        raise NotJsonError(f"{literal[:40]} would be rounded")
    return number


def _depth(text: str) -> int:
    depth = deepest = 0
    for bracket in _STRING_OR_BRACKET.findall(text):
        depth += _STEPS.get(bracket, 0)
        deepest = max(deepest, depth)
    return deepest


def _written(value: Any) -> str:
    """Write what the encoder in C cannot."""
    match value:
        case ExactNumber(text=text):
            return text
        case list():
            return f"[{','.join(map(_written, value))}]"
        case dict():
            return f"{{{','.join(f'{_ENCODER.encode(name)}:{_written(value[name])}' for name in sorted(value))}}}"
        case _:
            return _ENCODER.encode(value)


_TOO_DEEP = f"it is nested more than {DEEPEST} levels deep"
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')
_DECODER = json.JSONDecoder(parse_int=whole_number, parse_float=decimal_number, parse_constant=_refuse_constant)
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
)
#: What `_ENCODER.encode` makes anew for every value, and what takes a third of its time: made once.
_ENCODE = json.encoder.c_make_encoder(  # type: ignore[attr-defined]
    None, _ENCODER.default, json.encoder.encode_basestring, None, ":", ",", True, False, False
)
_PLAIN = json.JSONDecoder(parse_float=_plain_number)
