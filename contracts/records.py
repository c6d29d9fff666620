"""A record of the log as it is read, and as it is written."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Record(Protocol):
    """What is read of a record; the Kafka client's own record fits. `timestamp` is in milliseconds since 1970."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def timestamp(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


class KafkaRecord(NamedTuple):
    """A record made by hand: from HTTP, from a parked record, in a test."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


class Message(NamedTuple):
    """What is sent to the log; partition, offset and timestamp are the log's to give."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]
