"""Opaque cursors: where a page ended, as text that a client hands back unchanged."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

from services.chassis.errors import InvalidRequestError


def write_cursor(key: list[str | int]) -> str:
    """Return the cursor of the last item of a page, from the key that orders the items."""
    return urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> list[str | int]:
    """Return the key in `cursor`; InvalidRequestError for one that this service did not make."""
    try:
        key = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        key = None
    if not isinstance(key, list) or not all(map(_can_be_asked_for, key)):
        raise InvalidRequestError("`cursor` is not one that this service gave; start again without it.")
    return key


def _can_be_asked_for(part: object) -> bool:
    """Return whether the database takes it: whole numbers of 64 bits, and texts without halves of surrogate pairs."""
    if isinstance(part, str):
        return not any("\ud800" <= letter <= "\udfff" for letter in part)
    return isinstance(part, int) and -(2**63) <= part < 2**63
