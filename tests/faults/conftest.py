"""A stack of the fault tests' own, since they kill its parts and judge by everything on its log."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from deploy.local.stack import Stack
from services.chassis.projection.mongo_client import connect
from tests.faults import log
from tests.faults.events import CODES, story
from tests.faults.trial import Trial


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with log.own_stack(tmp_path_factory.mktemp("faults")) as stack:
        yield stack


@pytest.fixture
async def trial(stack: Stack, prefix: str) -> AsyncIterator[Trial]:
    """The tasks service, which reads all three topics."""
    trial = Trial(stack, f"{prefix}tasks", "tasks")
    yield trial
    await trial.close()


@pytest.fixture
async def told(trial: Trial) -> Trial:
    """A tasks service that has read a story of four municipalities, and goes on reading."""
    await trial.tell(story(trial.rollout, CODES[:4]))
    await trial.started(static=True)
    await trial.caught_up()
    return trial


@pytest.fixture
async def database(trial: Trial) -> AsyncIterator[Any]:
    async with connect(trial.stack.mongo_uri, timeout_s=20) as client:
        yield client[trial.database]
