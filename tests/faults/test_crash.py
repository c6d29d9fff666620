"""A service killed at any step of a batch loses nothing and tells nothing twice."""

import signal

import pytest

from deploy.local.ports import free_block
from tests.faults.events import CODES, procession
from tests.faults.trial import Trial


@pytest.mark.parametrize("moment", ["after_union", "after_progress", "before_commit", "after_commit"])
async def test_killed_in_the_middle_of_a_batch_nothing_is_lost_or_wrong(trial: Trial, moment: str):
    await trial.tell(procession(trial.rollout, CODES))
    port = free_block().tasks
    dying = await trial.started(disturbed=("crash", moment, "3"), port=port, kafka__max_records=40)
    assert await dying.ended() == -signal.SIGKILL

    await trial.started(port=port)
    await trial.caught_up()

    assert await trial.differences() == []


@pytest.mark.parametrize("moment", ["after_union", "before_commit", "after_commit"])
async def test_killed_while_views_are_owed_the_next_process_makes_them(trial: Trial, moment: str):
    await trial.tell(procession(trial.rollout, CODES))
    port = free_block().tasks
    dying = await trial.started(disturbed=("crash_behind", moment, "3"), port=port, kafka__max_records=40)
    assert await dying.ended() == -signal.SIGKILL

    await trial.started(port=port)
    await trial.caught_up()

    assert await trial.differences() == []
