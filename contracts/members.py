"""JSON cut at its outermost level: each member of an object, each item of a list, with its own unchanged text."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from contracts.numbers import decimal_number, whole_number


class NotCutError(ValueError):
    """The text is not one JSON object, or not one JSON list; `position` is the character where it stops being one."""

    def __init__(self, position: int) -> None:
        super().__init__(f"the JSON ends or breaks at character {position}")
        self.position = position


class Member(NamedTuple):
    """`value` is read leniently, and None where it is nested too deep for that; `text` is what stands there."""

    name: str
    value: Any
    text: str


def members(text: str) -> list[Member]:
    """Return the members of an object in their order, repeated names included; raises NotCutError."""
    return list(_members(text, _expect(text, 0, "{")))


def items(text: str) -> list[str]:
    """Return the text of each item of a list; raises NotCutError."""
    return list(_items(text, _expect(text, 0, "[")))


def _members(text: str, at: int) -> Iterator[Member]:
    more = not text.startswith("}", at)
    while more:
        name, colon = _name(text, at)
        start = _expect(text, colon, ":")
        value, end = _value(text, start)
        yield Member(name, value, text[start:end])
        at, more = _after(text, end)
    _end(text, at, "}")


def _items(text: str, at: int) -> Iterator[str]:
    more = not text.startswith("]", at)
    while more:
        _, end = _value(text, at)
        yield text[at:end]
        at, more = _after(text, end)
    _end(text, at, "]")


def _after(text: str, end: int) -> tuple[int, bool]:
    """Return where to go on behind a value, and whether a comma promises another one."""
    at = _skip(text, end)
    return (_skip(text, at + 1), True) if text.startswith(",", at) else (at, False)


def _end(text: str, at: int, closing: str) -> None:
    behind = _expect(text, at, closing)
    if behind != len(text):
        raise NotCutError(behind)


def _expect(text: str, at: int, mark: str) -> int:
    at = _skip(text, at)
    if not text.startswith(mark, at):
        raise NotCutError(at)
    return _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _name(text: str, at: int) -> tuple[str, int]:
    if not text.startswith('"', at):
        raise NotCutError(at)
    return _value(text, at)


def _value(text: str, at: int) -> tuple[Any, int]:
    try:
        return _LENIENT.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise NotCutError(error.pos) from None
    except RecursionError:
        return None, _end_of_nest(text, at)


def _end_of_nest(text: str, at: int) -> int:
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text, at):
        depth += _STEPS.get(token.group(), 0)
        if depth == 0:
            return token.end()
    raise NotCutError(len(text))


_SPACE = re.compile(r"[ \t\n\r]+")
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')
_LENIENT = json.JSONDecoder(parse_int=whole_number, parse_float=decimal_number)
