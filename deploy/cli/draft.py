"""A file of events that takes its name once it is whole; what an interrupted command left of it is gone on with."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO, NamedTuple

from aiokafka import TopicPartition  # noqa: TID251  a place on the log

from contracts.topics import TOPIC_PREFIX
from deploy.cli.errors import CommandError, UsageError


class Draft(NamedTuple):
    """Where lines are written, how many are there already, and up to where of each partition they reach."""

    lines: BinaryIO
    found: int
    reached: Mapping[TopicPartition, int]

    def add(self, event: Mapping[str, object]) -> None:
        """Write one event; CommandError where there is no room or nobody reads."""
        with _room():
            self.lines.write(json.dumps(event, ensure_ascii=False).encode() + b"\n")


@contextmanager
def draft(output: str, chosen: object) -> Iterator[Draft]:
    """Yield where to write what is `chosen`; UsageError where nobody may."""
    path = Path(output)
    if output == "-" or (path.exists() and not path.is_file()):
        with _closed(_stream(path)) as lines:
            yield Draft(lines, 0, {})
        return
    part = path.with_name(f"{path.name}.{_mark(chosen)}.part")
    with _closed(_opened(part)) as lines:
        yield _gone_on_with(lines)
    part.replace(path)


def _stream(path: Path) -> BinaryIO:
    return open(1, "wb", closefd=False) if path == Path("-") else path.open("wb")


@contextmanager
def _closed(lines: BinaryIO) -> Iterator[BinaryIO]:
    """Write all of it at the end of the block, however that ends."""
    try:
        yield lines
    finally:
        with _room():
            lines.close()


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise CommandError("Whoever read the events has stopped reading.") from None
    except OSError as error:
        remedy = "Once that is mended, the same command goes on where this one stopped."
        raise CommandError(f"The events can't be written: {error.strerror}.", remedy=remedy) from None


def _mark(chosen: object) -> str:
    """Return what tells drafts of other selections apart."""
    return blake2b(repr(chosen).encode(), digest_size=4).hexdigest()


def _opened(part: Path) -> BinaryIO:
    try:
        return part.open("r+b" if part.exists() else "w+b")
    except OSError as error:
        raise UsageError(f"{part} can't be written: {error.strerror}.", remedy="Name another file, or -.") from None


def _gone_on_with(lines: BinaryIO) -> Draft:
    """Keep the whole lines of a draft, and write on after them."""
    found = size = 0
    reached: dict[TopicPartition, int] = {}
    for line in lines:
        place = _place(line)
        if place is None:
            break
        partition, offset = place
        reached[partition] = max(offset + 1, reached.get(partition, 0))
        found, size = found + 1, size + len(line)
    lines.seek(size)
    lines.truncate()
    return Draft(lines, found, reached)


def _place(line: bytes) -> tuple[TopicPartition, int] | None:
    """Return the place of the event of a line; None where the line was cut off."""
    try:
        topic, partition, offset = json.loads(line)["position"].rsplit("-", 2)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return (TopicPartition(TOPIC_PREFIX + topic, int(partition)), int(offset)) if line.endswith(b"\n") else None
