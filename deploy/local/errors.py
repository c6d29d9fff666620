"""The one error of the local stack: a sentence that says what is wrong, and the remedy."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LocalStackError(Exception):
    """Why the local stack can't run here and now; `str()` of it is meant for the terminal."""

    def __init__(self, sentence: str, *, remedy: str) -> None:
        super().__init__(f"{sentence} {remedy}")
        self.sentence = sentence
        self.remedy = remedy


@contextmanager
def keeping_in(place: Path) -> Iterator[None]:
    """Make the directory `place` if need be; say in a sentence what the disk refuses there or later in the block."""
    try:
        place.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise _refusal(error, place) from error


def _refusal(error: OSError, place: Path) -> LocalStackError:
    if error.errno == errno.ENOSPC:
        return LocalStackError(
            f"The disk of {place} is full.", remedy="Free some of it, or choose another with --data."
        )
    return LocalStackError(
        f"Nothing can be kept in {place}: {error.strerror or error}.", remedy="Choose another --data."
    )
