"""What happened to each event on its way to a reader: the steps of all processes joined, and the legs between them."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

#: Where a step happened and what it was about, as it was written down; times in nanoseconds of one clock.
Step = Mapping[str, Any]
#: The legs that follow each other, up to the write and from there to one who follows the view.
TO_THE_WRITE = ("produce", "broker", "poll", "decode", "pointer", "derive", "write")
TO_THE_READER = ("change stream", "render", "SSE")


class Sent(NamedTuple):
    """An event that was sent: its document and place, and when it was sent, appended by Kafka and acknowledged.

    Of one that was asked for besides, also when GET showed it.
    """

    document: str
    partition: str
    offset: int
    sent: int
    appended: int
    acknowledged: int
    shown: int | None = None


class Way(NamedTuple):
    """One event's legs in milliseconds, and the whole of it; without a reader it ends with the write.

    `acknowledged` is from sending on, `shown` from the acknowledgement on: beside the legs, not among them.
    """

    legs: dict[str, float]
    acknowledged: float
    whole: float
    shown: float | None = None


def positions_of(view: str | bytes) -> dict[str, int]:
    """Return the positions that a view names, without reading all of it."""
    text = view if isinstance(view, str) else view.decode()
    start = text.index('"positions":') + len('"positions":')
    found: dict[str, int] = json.loads(text[start : text.index("}", start) + 1])
    return found


def ways(sent: Iterable[Sent], steps: Iterable[Step], followed: frozenset[str]) -> Iterator[Way | None]:
    """Yield each event's way; None for one that a step is missing of. Views of `followed` documents have a reader."""
    order = _Steps(steps)
    for each in sent:
        yield _way(each, order, each.document in followed)


class _Steps:
    """Steps in the order of time: by process those of batches, by document those of what it shows."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self._of: dict[tuple[Any, ...], list[Step]] = defaultdict(list)
        for step in sorted(steps, key=lambda step: step["at"]):
            for key in _keys(step):
                self._of[key].append(step)

    def of(self, *key: Any) -> Sequence[Step]:
        return self._of.get(key, ())


def _keys(step: Step) -> Iterator[tuple[Any, ...]]:
    match step["step"]:
        case "begun" | "decoded" | "pointed" as name:
            yield from ((name, step["process"], partition) for partition in step["ranges"])
        case "fetched":
            yield from (("fetched", step["process"], partition) for partition in step["positions"])
        case "written":
            yield from (("written", document) for document in step["documents"])
        case name:
            yield name, step["document"]


def _way(each: Sent, steps: _Steps, followed: bool) -> Way | None:  # noqa: FBT001  as the event's document says
    before = _to_the_write(each, steps)
    after = _to_the_reader(each, steps, before[-2]) if before and followed else []
    if before is None or after is None:
        return None
    names = (*TO_THE_WRITE, *TO_THE_READER)[: len(before) + len(after) - 1]
    moments = _in_order([*before, *after])
    legs = {name: _ms(end - start) for name, (start, end) in zip(names, pairwise(moments), strict=True)}
    shown = None if each.shown is None else _ms(each.shown - each.acknowledged)
    return Way(legs, _ms(each.acknowledged - each.sent), _ms(moments[-1] - moments[0]), shown)


def _to_the_write(each: Sent, steps: _Steps) -> list[int] | None:
    """Return the moments up to the acknowledged write that made the event visible, in whichever process that was."""
    written = next((step for step in steps.of("written", each.document) if _reaches(step, each)), None)
    if written is None:
        return None
    process, before = written["process"], written["began"]
    begun = _last(steps.of("begun", process, each.partition), each, before)
    decoded = _last(steps.of("decoded", process, each.partition), each, before)
    pointed = _last(steps.of("pointed", process, each.partition), each, before)
    if begun is None or decoded is None or pointed is None:
        return None
    fetched = _fetched(steps.of("fetched", process, each.partition), each, begun["at"])
    if fetched is None:
        return None
    return [
        each.sent,
        each.appended,
        fetched["at"],
        begun["at"],
        decoded["at"],
        pointed["at"],
        before,
        written["at"],
    ]


def _to_the_reader(each: Sent, steps: _Steps, writing: int) -> list[int] | None:
    """Return the moments after the write: the change stream's word, the view handed over, the view with the reader."""
    words = (*steps.of("told", each.document), *steps.of("told", None))
    told = min((step["at"] for step in words if step["at"] >= writing), default=None)
    handed = _first_view(steps.of("handed", each.document), each)
    arrived = _first_view(steps.of("arrived", each.document), each)
    return None if told is None or handed is None or arrived is None else [told, handed, arrived]


def _reaches(step: Step, each: Sent) -> bool:
    reached: int = step["documents"][each.document].get(each.partition, -1)
    return reached >= each.offset


def _last(steps: Sequence[Step], each: Sent, before: int) -> Step | None:
    """Return the last step of a batch with this event that came before the write: what led to it."""
    ours = (step for step in reversed(steps) if step["at"] <= before)
    return next((step for step in ours if _covers(step["ranges"][each.partition], each.offset)), None)


def _covers(offsets: tuple[int, int], offset: int) -> bool:
    first, last = offsets
    return first <= offset <= last


def _fetched(steps: Sequence[Step], each: Sent, before: int) -> Step | None:
    """Return the answer of Kafka that brought the event: the last one that began no later than at its offset."""
    ours = (step for step in reversed(steps) if step["at"] <= before)
    return next((step for step in ours if step["positions"][each.partition] <= each.offset), None)


def _first_view(steps: Sequence[Step], each: Sent) -> int | None:
    return next((step["at"] for step in steps if step["positions"].get(each.partition, -1) >= each.offset), None)


def _in_order(moments: Sequence[int]) -> list[int]:
    """Return moments of which none is before the one before it, or after the end: a leg overtaken took no time.

    The change stream may have the word before the write is acknowledged, and Kafka's own clock counts milliseconds.
    """
    found = [moments[0]]
    for each in moments[1:]:
        found.append(max(found[-1], min(each, moments[-1])))
    return found


def _ms(nanoseconds: int) -> float:
    return nanoseconds / 1e6
