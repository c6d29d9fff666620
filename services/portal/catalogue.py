"""Every text of the pages in Danish and English, from the one file that holds them: copy.toml."""

import tomllib
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


class Language(StrEnum):
    """The languages of the pages."""

    DANISH = "da"
    ENGLISH = "en"


def first_spoken(asked: Iterable[str | None]) -> Language:
    """Return the first of the languages asked for that is spoken here; Danish where none is."""
    return next((Language(each) for each in asked if each in set(Language)), Language.DANISH)


#: A text, or the two of one and of many, told apart by `n`.
Worded = str | list[str]


class UnknownTextError(KeyError):
    """The catalogue holds no text of that key."""


@cache
def catalogue() -> dict[str, dict[str, Worded]]:
    """Return every text by its key and its language."""
    return tomllib.loads((HERE / "copy.toml").read_text(encoding="utf-8"))


def has_text(key: str) -> bool:
    """Whether the catalogue holds a text of that key."""
    return key in catalogue()


def text(language: Language, key: str, **values: Any) -> str:
    """Return a text with its places filled; UnknownTextError for a key, KeyError for a value that is not there."""
    words = worded(language, key, values.get("n"))
    return words.format_map(values) if "{" in words else words


def worded(language: Language, key: str, n: object = None) -> str:
    """Return a text with its places empty; of one that counts, the words for `n`."""
    if key not in catalogue():
        raise UnknownTextError(key)
    found = catalogue()[key][language]
    return found if isinstance(found, str) else found[0 if n == 1 else 1]


def joined(language: Language, parts: list[str]) -> str:
    """Return parts as a sentence lists them: `a, b og c`."""
    word = text(language, "join.and")
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}" if len(parts) > 1 else "".join(parts)
