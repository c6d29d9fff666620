"""A parked record as people read it: its bytes as text where they are text, else as hex."""

from base64 import b64decode
from collections.abc import Sequence
from typing import NamedTuple

from services.portal.heard import Json

#: Longest piece of one record that a page shows, in bytes; the rest is counted.
MOST_SHOWN = 4_096


class Shown(NamedTuple):
    """Some bytes; `rest` is how many more there are, and None for `text` says that there are none at all."""

    text: str | None
    hexadecimal: bool
    rest: int


class ShownRecord(NamedTuple):
    """A record beside its bytes."""

    stored: Json
    key: Shown
    value: Shown
    headers: Sequence[tuple[str, Shown]]


def shown(record: Json) -> ShownRecord:
    """Return a record of `GET /v1/admin/parked` for a page."""
    headers = [(name, read(value)) for name, value in record["headers"]]
    return ShownRecord(record, read(record["key"]), read(record["value"]), headers)


def read(encoded: str | None) -> Shown:
    """Return base64 as text, or as hex where the bytes are none that can be read."""
    if encoded is None:
        return Shown(None, hexadecimal=False, rest=0)
    content = b64decode(encoded)
    piece, rest = content[:MOST_SHOWN], max(0, len(content) - MOST_SHOWN)
    try:
        text = content.decode()[:MOST_SHOWN]
    except UnicodeDecodeError:
        return Shown(piece.hex(" "), hexadecimal=True, rest=rest)
    if any(not each.isprintable() and each not in "\n\r\t" for each in text):
        return Shown(piece.hex(" "), hexadecimal=True, rest=rest)
    return Shown(text, hexadecimal=False, rest=max(0, len(content) - len(text.encode())))
