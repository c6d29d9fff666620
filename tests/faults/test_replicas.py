"""Replicas that join, leave and die while batches run: together they come to what one alone would."""

import signal

from tests.faults.events import CODES, procession, story
from tests.faults.trial import READY_WITHIN_S, Trial, becomes, signal_process, terminated

SLOW = {"disturbed": ("slow", "after_union", "100"), "kafka__max_records": 25}


async def test_a_replica_joining_and_leaving_while_batches_run_changes_nothing(trial: Trial):
    await trial.tell(story(trial.rollout, CODES[:12]))
    await trial.started(**SLOW)
    joining = await trial.started(**SLOW)
    await becomes(joining, 200, within_s=READY_WITHIN_S)
    await trial.tell(story(trial.rollout, CODES[12:24]))

    assert await terminated(joining, within_s=10) == 0
    await trial.tell(story(trial.rollout, CODES[24:28]))

    await trial.caught_up()
    assert await trial.differences() == []


async def test_a_replica_killed_while_batches_run_leaves_its_work_to_the_others(trial: Trial):
    await trial.tell(story(trial.rollout, CODES[:12]))
    await trial.started(**SLOW, kafka__session_timeout_ms=6_000)
    dying = await trial.started(**SLOW, kafka__session_timeout_ms=6_000)
    await becomes(dying, 200, within_s=READY_WITHIN_S)
    await trial.tell(procession(f"{trial.rollout}-2", CODES))

    signal_process(dying, signal.SIGKILL)

    await trial.caught_up()
    assert await trial.differences() == []


async def test_two_replicas_started_at_once_share_an_empty_database(trial: Trial):
    await trial.tell(story(trial.rollout, CODES[:4]))
    both = [trial.replica(), trial.replica()]

    for child in both:
        await child.start()

    for child in both:
        await becomes(child, 200, within_s=READY_WITHIN_S)
    await trial.caught_up()
    assert await trial.differences() == []
