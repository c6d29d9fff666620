"""A stack of the fault tests' own, since they kill its parts and judge by everything on its log."""

from collections.abc import AsyncIterator

import pytest

from contracts.topics import Topic
from deploy.local.stack import Stack
from tests.faults import log
from tests.faults.trial import Trial
from tests.stack import running_stack


@pytest.fixture(scope="module")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with running_stack(tmp_path_factory.mktemp("faults")) as stack:
        await log.prepare(stack.bootstrap, tuple(Topic))
        yield stack


@pytest.fixture
async def trial(stack: Stack, prefix: str) -> AsyncIterator[Trial]:
    """The tasks service, which reads all three topics."""
    trial = Trial(stack, f"{prefix}tasks", "tasks")
    yield trial
    await trial.close()
