"""Verify: the log up to a fence against the documents of the live generation, while everything runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.log.log_reader import records_between
from services.chassis.projection.generations import pointed_at
from services.chassis.projection.target import Target, reached
from services.chassis.projection.verified import Verifications, Verified
from services.chassis.replay.crew import crew
from services.chassis.replay.judging import Tell, named
from services.chassis.replay.share_work import Judgement
from services.chassis.replay.shares import EVERYTHING, Asked


@dataclass(frozen=True, kw_only=True)
class Report:
    """What verifying found. `behind`: records before the fence that the service has not applied yet, by partition."""

    collection: str
    fence: Mapping[str, int]
    judgement: Judgement
    behind: Mapping[str, int]

    @property
    def agrees(self) -> bool:
        return not self.judgement.differences

    def as_json(self, *, most: int | None = None) -> dict[str, Any]:
        """Return the report for programs, with `most` differences at most."""
        found = self.judgement
        counts = {name: getattr(found, name) for name in ("records", "refused", "documents", "facts")}
        return {
            "collection": self.collection,
            "agrees": self.agrees,
            **counts,
            "differences": [each._asdict() for each in found.differences[:most]],
            "full": [each._asdict() for each in found.full[:most]],
            "behind": dict(self.behind),
            "fence": dict(self.fence),
        }


async def verify(target: Target, asked: Asked, *, tell: Tell) -> Report:
    """Fold the log up to its end of now and compare the live generation with it.

    Changes no document; where everything was verified, it is noted that it was, for status and metrics.
    """
    async with reached(target) as subject:
        start, fence = await subject.reader.beginnings(), await subject.reader.ends()
        live = (await pointed_at(subject.store)).live
        records = records_between(start, fence)
        async with crew(target, subject, asked, records=records, tell=tell) as shares:
            [judgement] = await shares.judge([live], start, fence)
        committed = await subject.reader.committed(subject.group)
        if asked.selection == EVERYTHING:
            differing = len({each.document for each in judgement.differences})
            noted = Verified(asked.now_ms, live, judgement.records, judgement.documents, differing)
            await Verifications(subject.database).note(noted)
    behind = {each: end - committed.get(each, 0) for each, end in fence.items() if end > committed.get(each, 0)}
    return Report(collection=live, fence=named(fence), judgement=judgement, behind=named(behind))
