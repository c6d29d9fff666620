"""A service and a command's ways to Kafka and MongoDB, which fall away where a test says so."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from deploy.local.children import Child
from services.chassis.projection.mongo_client import connect
from tests.faults import shell
from tests.faults.shell import Ended
from tests.faults.trial import READY_WITHIN_S, Trial, becomes
from tests.faults.way import At, Way

#: Longest wait for a command to end by itself, in seconds.
ENDS_WITHIN_S = 120


class World(NamedTuple):
    """A service that has read a story, and ways to Kafka and MongoDB: two of the commands' own, and the service's."""

    trial: Trial
    child: Child
    kafka: Way
    mongodb: Way
    service: Way
    files: Path
    environment: Mapping[str, str]

    async def klarmeld(self, words: str) -> Ended:
        named = words.format(trial=self.trial, files=self.files).split()
        async with asyncio.timeout(ENDS_WITHIN_S):
            return await shell.klarmeld(self.trial, *named, more=self.environment)

    async def receipts(self) -> Counter[str]:
        """Return how many receipts there are of each deed."""
        async with connect(self.trial.stack.mongo_uri, timeout_s=20) as client:
            return Counter([each["what"] async for each in client[self.trial.database].journal.find()])

    async def ready(self) -> None:
        await becomes(self.child, 200, within_s=READY_WITHIN_S)


def uri_of(database: Way) -> str:
    return f"mongodb://127.0.0.1:{database.port}/?directConnection=true"


async def ended_without(
    gone: Way, world: World, words: str, at: At | None, *, times: int = 1, silent: bool = False
) -> str:
    """Run a command under which `gone` falls away, and open the way again; return the one line that it ended with."""
    gone.falls_at(at, times=times, silent=silent)
    try:
        ended = await world.klarmeld(words)
        assert gone.fallen.is_set(), (ended.said, ended.complained)
    finally:
        await gone.opened()
    lines = [each for each in ended.complained.splitlines() if not each.endswith("/s")]
    assert (ended.code, len(lines)) == (3, 1), (ended.code, ended.complained)
    return lines[0]
