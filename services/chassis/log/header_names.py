"""Header names that are not UTF-8, as a C client can send them: read all the same, or they would stop a partition."""

import struct
from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher  # noqa: TID251  this module mends how it reads
from aiokafka.record.default_records import _DefaultRecordBatchPy  # noqa: TID251
from aiokafka.record.memory_records import MemoryRecords  # noqa: TID251
from aiokafka.record.util import decode_varint_py  # noqa: TID251

_LENGTH_AT = 8
_BEFORE_LENGTH_COUNTS = 12


def forgive_header_names() -> None:
    """Make every consumer of this process read on past such a name, whose bytes then stand in it as hexadecimal.

    aiokafka 0.14 raises UnicodeDecodeError on each fetch of such a record, for ever, and what it had taken from other
    partitions in the same fetch is lost with it: their positions have moved on.
    """
    fetcher.MemoryRecords = _Records


class _Records:
    """A fetched buffer; read by aiokafka's own fast reader until that gives up."""

    def __init__(self, buffer: bytes) -> None:
        self._buffer = buffer
        self._at = 0
        self._fast = MemoryRecords(buffer)
        self.has_next = self._fast.has_next
        self.size_in_bytes = self._fast.size_in_bytes

    def next_batch(self) -> "_Batch":
        (counted,) = struct.unpack_from(">i", self._buffer, self._at + _LENGTH_AT)
        start, self._at = self._at, self._at + _BEFORE_LENGTH_COUNTS + counted
        return _Batch(self._fast.next_batch(), self._buffer[start : self._at])


class _Batch:
    def __init__(self, fast: Any, raw: bytes) -> None:
        self._fast = fast
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fast, name)

    def __next__(self) -> Any:
        return next(self._fast)

    def __iter__(self) -> Iterator[Any]:
        try:
            return iter(list(self._fast))
        except UnicodeDecodeError:
            return _forgiven(self._raw)


def _forgiven(raw: bytes) -> Iterator[Any]:
    batch = iter(_DefaultRecordBatchPy(raw))  # uncompresses
    batch._buffer = _Forgiving(batch._buffer)  # noqa: SLF001  there is no way round
    for _ in range(batch._num_records):  # noqa: SLF001
        yield batch._read_msg(decode_varint_py)  # noqa: SLF001


class _Forgiving(bytearray):
    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        return _Forgiving(found) if isinstance(found, bytearray) else found

    def decode(self, *_: Any) -> str:
        return super().decode("utf-8", "backslashreplace")
