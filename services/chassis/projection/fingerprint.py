"""The fingerprint of a stored document, from its bytes: equal for equal content, whatever the order of its facts."""

from collections.abc import Iterator
from hashlib import sha256
from struct import Struct, error
from typing import NamedTuple

#: Bytes of a fact's key: it begins and ends where every other does.
_KEY = 32
_DOCUMENT, _TEXT = 3, 2
_COUNTED = {2: 4, 3: 0, 4: 0, 5: 5, 13: 4, 14: 4}
_FIXED = {1: 8, 7: 12, 8: 1, 9: 8, 10: 0, 16: 4, 17: 8, 18: 8, 19: 16}
_LENGTH = Struct("<I").unpack_from
#: Says which writing was the last, and nothing of what the document holds.
MARK = b"mark"


class _Element(NamedTuple):
    """One field in BSON: its name, and where it starts, where its value starts, and where both end."""

    name: bytes
    start: int
    value: int
    end: int


def fingerprint(raw: bytes) -> bytes | None:
    """Return 32 bytes that stand for the document; None for one that is not built like a projection document."""
    try:
        return _fingerprint(raw)
    except (IndexError, KeyError, ValueError, error):
        return None


def digest(content: bytes) -> bytes:
    """Return 32 bytes that stand for these very bytes."""
    return sha256(content).digest()


def name_of(raw: bytes) -> str | None:
    """Return a document's `_id`; None where that is no text."""
    for each in _elements(raw, 0):
        if each.name == b"_id":
            return raw[each.value + 4 : each.end - 1].decode() if raw[each.start] == _TEXT else None
    return None


def _fingerprint(raw: bytes) -> bytes:
    facts, rest = b"", []
    for each in _elements(raw, 0):
        if each.name == b"facts":
            facts = _of_facts(raw, each)
        elif each.name == b"positions":
            positions = (raw[inner.start : inner.end] for inner in _elements(raw, each.value))
            rest.append(b"positions" + b"".join(sorted(positions)))
        elif each.name != MARK:
            rest.append(raw[each.start : each.end])
    return digest(b"".join(sorted(rest)) + facts)


def _of_facts(raw: bytes, facts: _Element) -> bytes:
    """Return the digest of all facts with their keys, in the order of these: another order gives the same."""
    found, at, last = [], facts.value + 4, facts.end - 1
    while at < last:
        if raw[at] != _DOCUMENT or raw[at + 1 + _KEY]:
            raise ValueError("no fact")
        value = at + 2 + _KEY
        end = value + _LENGTH(raw, value)[0]
        found.append(raw[at:end])
        at = end
    return digest(b"".join(sorted(found)))


def _elements(raw: bytes, document: int) -> Iterator[_Element]:
    """Yield the fields of the BSON document that begins at `document`."""
    start = document + 4
    while raw[start]:
        named = raw.index(0, start + 1)
        kind, value = raw[start], named + 1
        end = value + (_FIXED[kind] if kind in _FIXED else _COUNTED[kind] + _LENGTH(raw, value)[0])
        yield _Element(raw[start + 1 : named], start, value, end)
        start = end
