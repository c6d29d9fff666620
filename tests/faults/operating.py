"""A trial's service as operations see it."""

import asyncio
import sys
from typing import Any

from services.chassis import clock
from services.chassis.projection.journal import Signature
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.target import Target
from services.chassis.replay.rebuild import Rebuilt, rebuild
from services.chassis.replay.shares import EVERYTHING, Asked, Selection
from services.chassis.replay.verify import Report, verify
from services.chassis.settings import KafkaSettings, MongoSettings
from tests.faults.trial import Trial
from tests.stack import REPOSITORY


def target_of(trial: Trial) -> Target:
    return Target(
        name=trial.name,
        group=trial.group,
        derive=trial.service.derive,
        topics=[str(each) for each in trial.service.reads],
        kafka=KafkaSettings(bootstrap=trial.stack.bootstrap),
        mongo=MongoSettings(uri=trial.stack.mongo_uri),
        database=trial.database,
    )


async def verified(trial: Trial, selection: Selection = EVERYTHING) -> Report:
    return await verify(target_of(trial), Asked(clock.now_ms(), selection), tell=in_silence)


def in_silence(what: str, done: int, total: int) -> None:
    """Tell nobody."""


async def rebuilt(trial: Trial, why: str = "a test") -> Rebuilt:
    return await rebuild(target_of(trial), Asked(clock.now_ms()), signed(why), tell=in_silence)


def signed(why: str = "a test") -> Signature:
    return Signature("somebody", why, "2026-03-01T09:00:00.000000Z")


async def stored(trial: Trial, collection: str) -> dict[str, dict[str, Any]]:
    """Return the documents of a generation by id, whatever wrote them last."""
    async with connect(trial.stack.mongo_uri, timeout_s=20) as client:
        return {each["_id"]: each async for each in client[trial.database][collection].find({}, {"mark": 0})}


async def pointer(trial: Trial) -> dict[str, Any]:
    """Return the generations' pointer as it is stored."""
    async with connect(trial.stack.mongo_uri, timeout_s=20) as client:
        found = await client[trial.database].generations.find_one({}, {"_id": 0})
        assert found is not None
        return found


async def killed_at(trial: Trial, moment: str) -> int:
    """Rebuild in a process that dies of SIGKILL at a step; returns how it ended."""
    where = (trial.stack.bootstrap, trial.stack.mongo_uri)
    command = (sys.executable, "-m", "tests.faults.crashing_rebuild", trial.name, trial.group, trial.database)
    process = await asyncio.create_subprocess_exec(*command, *where, moment, cwd=REPOSITORY)
    return await process.wait()
