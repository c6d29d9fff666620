"""What a group handled before this process began: the newest record before its offsets, read from the log itself."""

from collections.abc import Sequence
from typing import Final

from services.chassis.errors import LogUnavailableError
from services.chassis.log.log_reader import LogReader, reading
from services.chassis.logs import logger
from services.chassis.settings import KafkaSettings

log = logger(__name__)

#: So many offsets before a group's are looked at: those just before may be no records but ends of transactions.
LOOKED_BACK: Final = 10
#: What one fetch of a partition may bring, in bytes: all that lies behind the group's offset is of no interest.
MOST_FETCHED: Final = 64 * 1024


async def handled_before(settings: KafkaSettings, group: str, topics: Sequence[str]) -> int | None:
    """Return when the log took the newest record that `group` has handled, in milliseconds.

    None where it has handled none, and where Kafka does not say: a service works without knowing it.
    """
    try:
        async with reading(settings, topics, fetched_bytes=MOST_FETCHED) as reader:
            return await _newest(reader, group)
    except LogUnavailableError as error:
        log.warning("handled_before_unknown", group=group, detail=error.detail)
        return None


async def _newest(reader: LogReader, group: str) -> int | None:
    beginnings, ends = await reader.beginnings(), await reader.ends()
    fence = {each: min(ends[each], offset) for each, offset in (await reader.committed(group)).items()}
    start = {each: max(beginnings[each], offset - LOOKED_BACK) for each, offset in fence.items()}
    return max([each.timestamp async for records in reader.records(start, fence) for each in records], default=None)
