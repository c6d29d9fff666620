"""A generation that is not live yet brought up to the log, by the way of every live batch."""

from collections.abc import Mapping, Sequence
from typing import Any

from contracts.records import KafkaRecord, Record
from services.chassis.log.log_reader import Offsets, records_between
from services.chassis.metrics import Metrics
from services.chassis.projection.debts import Debts
from services.chassis.projection.parked import Parked
from services.chassis.projection.parked_choice import Choice, State
from services.chassis.projection.projector import Projector
from services.chassis.projection.store import Generation, Store
from services.chassis.projection.target import Subject
from services.chassis.replay.judging import Tell

CHUNK = 1_000


class OneGeneration(Store):
    """A store in which one generation is the only one, so that a projector writes to it alone."""

    def __init__(self, subject: Subject, name: str) -> None:
        super().__init__(subject.database)
        self._only = Generation(name)

    async def generation(self) -> Generation:
        return self._only


async def catch_up(subject: Subject, collection: str, start: Offsets, fence: Offsets, tell: Tell) -> None:
    """Apply the records from `start` to before `fence` to a generation, and make the views that it owes from before.

    Any number of times.
    """
    projector = _projector(subject, collection)
    done, total = 0, records_between(start, fence)
    async for records in subject.reader.records(start, fence):
        for some in _chunks(records):
            await projector.apply(some)
            done += len(some)
            tell("catching up", done, total)
    await Debts(store=OneGeneration(subject, collection), derive=subject.derive, metrics=Metrics()).settle()


async def redriven(subject: Subject, collection: str, now_ms: int) -> None:
    """Apply what was parked and redriven since: that such a record became a fact, the log alone does not say."""
    projector = _projector(subject, collection)
    async for stored in Parked(subject.database).chunks(Choice(states=(State.REDRIVEN,)), CHUNK):
        records = [_record(each) for each in stored if not each.get("partial")]
        await projector.attempt(records, judged_at=now_ms)


def _projector(subject: Subject, collection: str) -> Projector:
    return Projector(
        store=OneGeneration(subject, collection),
        parked=Parked(subject.database),
        derive=subject.derive,
        metrics=Metrics(),
        moment=lambda _: None,
    )


def _chunks(records: Sequence[Record]) -> list[Sequence[Record]]:
    return [records[start : start + CHUNK] for start in range(0, len(records), CHUNK)]


def _record(stored: Mapping[str, Any]) -> Record:
    place = (stored["topic"], stored["partition"], stored["offset"], stored["recorded"])
    return KafkaRecord(*place, stored["key"], stored["value"], [(name, value) for name, value in stored["headers"]])
