"""Verify: the log up to a fence against the documents of the live generation, while everything runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.chassis.comparison import Difference
from services.chassis.judging import Case, FullDocument, Subject, Tell, first_sight, named, persisting
from services.chassis.log_reader import LogReader, Offsets
from services.chassis.scanning import EVERYTHING, Selection
from services.chassis.traces import Traces


@dataclass(frozen=True, kw_only=True)
class Report:
    """What verifying found. `behind`: records before the fence that the service has not applied yet, by partition."""

    collection: str
    fence: Mapping[str, int]
    records: int
    refused: int
    documents: int
    facts: int
    differences: Sequence[Difference]
    full: Sequence[FullDocument]
    behind: Mapping[str, int]

    @property
    def agrees(self) -> bool:
        return not self.differences


async def verify(subject: Subject, *, now_ms: int, selection: Selection = EVERYTHING, tell: Tell) -> Report:
    """Fold the log up to its end of now and compare the live generation with it; changes nothing."""
    start, fence = await subject.reader.beginnings(), await subject.reader.ends()
    traces = Traces(now_ms=now_ms, wanted=selection.holds)
    await trace(subject.reader, start, fence, traces, tell)
    live = (await subject.store.generation()).live
    case = Case(subject=subject, collection=live, selection=selection, traces=traces, start=start, fence=fence)
    return await report(case, tell)


async def trace(reader: LogReader, start: Offsets, fence: Offsets, traces: Traces, tell: Tell) -> None:
    """Add the records from `start` to before `fence` to the traces."""
    done, total = 0, records_between(start, fence)
    async for records in reader.records(start, fence):
        traces.add(records)
        done += len(records)
        tell("reading", done, total)


async def report(case: Case, tell: Tell) -> Report:
    """Judge every document of the case."""
    sight = await first_sight(case, tell)
    differences = await persisting(case, sight.suspects, tell)
    committed = named(await case.subject.reader.committed(case.subject.group))
    behind = {name: end - committed.get(name, 0) for name, end in named(case.fence).items()}
    return Report(
        collection=case.collection,
        fence=named(case.fence),
        records=case.traces.records,
        refused=case.traces.refused,
        documents=sum(bool(each.facts) for each in case.traces.documents.values()),
        facts=sum(len(each.facts) for each in case.traces.documents.values()),
        differences=differences,
        full=sight.full,
        behind={name: records for name, records in behind.items() if records > 0},
    )


def records_between(start: Offsets, fence: Offsets) -> int:
    """Return how many offsets lie between two places."""
    return sum(max(0, end - start.get(each, 0)) for each, end in fence.items())
