"""How headers of records are read: names that are not UTF-8 too, and what many records repeat once in memory."""

import struct
from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher  # noqa: TID251  this module mends how it reads
from aiokafka.record.default_records import _DefaultRecordBatchPy  # noqa: TID251
from aiokafka.record.memory_records import MemoryRecords  # noqa: TID251
from aiokafka.record.util import decode_varint_py  # noqa: TID251

_LENGTH_AT = 8
_BEFORE_LENGTH_COUNTS = 12


def mend_headers() -> None:
    """Make every consumer of this process read headers like this.

    A C client can send a name that is not UTF-8; its bytes then stand in it as hexadecimal. aiokafka 0.14 raises
    UnicodeDecodeError on each fetch of such a record, for ever, and what it had taken from other partitions in the
    same fetch is lost with it: their positions have moved on.

    Of a record's dozen headers most say what others of the same fetch say too, each in some 170 bytes.
    """
    fetcher.MemoryRecords = _Records


Header = tuple[str, bytes | None]


class _Records:
    """A fetched buffer; read by aiokafka's own fast reader until that gives up."""

    def __init__(self, buffer: bytes) -> None:
        self._buffer = buffer
        self._at = 0
        self._said: dict[Header, Header] = {}
        self._fast = MemoryRecords(buffer)
        self.has_next = self._fast.has_next
        self.size_in_bytes = self._fast.size_in_bytes

    def next_batch(self) -> "_Batch":
        (counted,) = struct.unpack_from(">i", self._buffer, self._at + _LENGTH_AT)
        start, self._at = self._at, self._at + _BEFORE_LENGTH_COUNTS + counted
        return _Batch(self._fast.next_batch(), self._buffer[start : self._at], self._said)


class _Batch:
    def __init__(self, fast: Any, raw: bytes, said: dict[Header, Header]) -> None:
        self._fast = fast
        self._raw = raw
        self._said = said

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fast, name)

    def __next__(self) -> Any:
        return next(self._fast)

    def __iter__(self) -> Iterator[Any]:
        try:
            return iter([self._sharing(each) for each in self._fast])
        except UnicodeDecodeError:
            return _forgiven(self._raw)

    def _sharing(self, record: Any) -> Any:
        """Return the record, whose headers are the same objects as those that said the same before."""
        record.headers[:] = map(self._said.setdefault, record.headers, record.headers)
        return record


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
