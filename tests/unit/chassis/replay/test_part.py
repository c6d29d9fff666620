"""A log several times larger than the room that it is folded in: part after part, and never more than the room."""

import gc
import tracemalloc
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import NamedTuple

import pytest

from contracts.municipalities import MUNICIPALITIES
from contracts.records import KafkaRecord, Record
from services.chassis.replay.part import Part, Source, in_parts
from services.chassis.replay.shares import WHOLE, Asked
from tests.faults.events import orientations

NOW_MS = 1_790_000_000_000
ROLLOUT, FACTS, BATCH = "large-8b", 60, 200
CODES = sorted(MUNICIPALITIES)[:40]
#: About a fifth of what all facts take.
ROOM = 1_000_000


class Folded(NamedTuple):
    """What became of a log: the facts of each document, the bytes that each part took, and Python's own peak."""

    facts: Counter[str]
    parts: list[int]
    peak: int


@pytest.fixture(scope="module")
def log() -> list[KafkaRecord]:
    """Each municipality's facts spread over the whole log, as they come."""
    told = zip(*[orientations(ROLLOUT, FACTS, code=code, padding=1_000) for code in CODES], strict=True)
    messages = [message for each in told for message in each]
    return [
        KafkaRecord(each.topic, 0, offset, NOW_MS, each.key, each.value, each.headers)
        for offset, each in enumerate(messages)
    ]


def batches(log: Sequence[Record]) -> Iterator[Sequence[Record]]:
    yield from (log[start : start + BATCH] for start in range(0, len(log), BATCH))


async def folded(log: Sequence[Record], room: int, guessed: int) -> Folded:
    """Fold the log in `room` bytes by a guess of how many facts it holds."""
    facts, parts = Counter[str](), list[int]()

    async def read() -> AsyncGenerator[Sequence[Record], None]:
        for each in batches(log):
            yield each

    async def count(part: Part) -> None:
        parts.append(part.fold.bytes)
        for document in part.fold.documents.values():
            facts[document.id] += len(document.facts)

    gc.collect()
    tracemalloc.start()
    try:
        await in_parts(WHOLE, Source(Asked(NOW_MS), room, read), guessed, count)
        return Folded(facts, parts, tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("guessed", [len(CODES) * FACTS, 0], ids=["a good guess", "a guess much too low"])
async def test_a_log_larger_than_the_room_is_folded_in_parts_that_stay_within_it(log: list[KafkaRecord], guessed: int):
    bound, free = await folded(log, ROOM, guessed), await folded(log, 1_000 * ROOM, 0)

    assert bound.facts == free.facts == Counter({f"{ROLLOUT}:{code}": FACTS for code in CODES})
    assert len(free.parts) == 1
    assert free.parts[0] > 4 * ROOM
    assert len(bound.parts) > 4
    assert max(bound.parts) <= ROOM
    assert bound.peak < 1.5 * ROOM < free.peak / 2, (bound.peak, free.peak)
