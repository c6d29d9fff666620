"""A trial's service as operations see it, in the test's own process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from services.chassis import clock
from services.chassis.judging import Subject
from services.chassis.log_reader import reading
from services.chassis.scanning import EVERYTHING, Selection
from services.chassis.settings import KafkaSettings
from services.chassis.store import Store, connect
from services.chassis.verify import Report, verify
from tests.faults.trial import Trial


@asynccontextmanager
async def subject_of(trial: Trial) -> AsyncIterator[Subject]:
    client = connect(trial.stack.mongo_uri, timeout_s=5)
    try:
        async with reading(KafkaSettings(bootstrap=trial.stack.bootstrap), trial.service.reads) as reader:
            yield Subject(
                name=trial.name,
                group=trial.group,
                derive=trial.service.derive,
                reader=reader,
                store=Store(client[trial.database]),
            )
    finally:
        client.close()


async def verified(trial: Trial, selection: Selection = EVERYTHING) -> Report:
    async with subject_of(trial) as subject:
        return await verify(subject, now_ms=clock.now_ms(), selection=selection, tell=in_silence)


def in_silence(what: str, done: int, total: int) -> Any:
    """Tell nobody."""
