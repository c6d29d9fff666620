"""What others have written, made fit to stand in a mail or a calendar: one line of visible text, or one address."""

import unicodedata
from urllib.parse import quote

LONGEST_LINE = 300
LONGEST_URL = 2_000
#: What an address on the web may be written with (RFC 3986); everything else is told by its bytes.
_OF_A_URL = "!#$%&'()*+,/:;=?@[]~-._"


def one_line(text: str, longest: int = LONGEST_LINE) -> str:
    """Return `text` on one line without anything that acts instead of being seen, cut where it is long.

    Left out is what Unicode counts as control, format (the turning of a text's direction, too), private or half.
    """
    seen = "".join(letter for letter in map(_spaced, text) if not unicodedata.category(letter).startswith("C"))
    line = " ".join(seen.split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def web_address(url: str) -> str:
    """Return `url` in ASCII, as it can stand in a header, a calendar or a link; empty where it is no web address."""
    if not url.startswith(("https://", "http://")) or len(url) > LONGEST_URL:
        return ""
    return quote(url.encode(errors="ignore"), safe=_OF_A_URL)


def _spaced(letter: str) -> str:
    return " " if letter.isspace() else letter
