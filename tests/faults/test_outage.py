"""Kafka or MongoDB going away, standing still and coming back: the service waits, says so, and goes on by itself."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest

from deploy.local.children import Child
from tests.faults.events import CODES, story
from tests.faults.trial import READY_WITHIN_S, UNREADY_WITHIN_S, Trial, becomes, is_alive, signal_process, terminated

EXIT_WITHIN_S = 10


@pytest.fixture
async def running(trial: Trial) -> AsyncIterator[Child]:
    """A ready replica; whatever a test took away is there again afterwards."""
    child = await trial.started()
    await becomes(child, 200, within_s=READY_WITHIN_S)
    yield child
    await trial.stack.start_broker()
    await trial.stack.start_mongod()


async def test_a_broker_that_comes_back_finds_the_service_going_on(trial: Trial, running: Child):
    await trial.tell(story(trial.rollout, CODES[:2]))

    await trial.stack.kill_broker()
    await becomes(running, 503, within_s=UNREADY_WITHIN_S, because="Kafka")
    assert await is_alive(running)
    await trial.stack.start_broker()

    await becomes(running, 200, within_s=READY_WITHIN_S)
    await trial.tell(story(trial.rollout, CODES[2:4]))
    await trial.caught_up()
    assert await trial.differences() == []


async def test_a_database_that_comes_back_finds_the_service_going_on(trial: Trial, running: Child):
    await trial.stack.kill_mongod()
    await trial.tell(story(trial.rollout, CODES[:2]))
    await becomes(running, 503, within_s=UNREADY_WITHIN_S, because="MongoDB")
    assert await is_alive(running)
    await trial.stack.start_mongod()

    await becomes(running, 200, within_s=READY_WITHIN_S)
    await trial.caught_up()
    assert await trial.differences() == []


async def test_a_database_that_stands_still_is_waited_for(trial: Trial, running: Child):
    signal_process(trial.stack.mongod, signal.SIGSTOP)
    try:
        await trial.tell(story(trial.rollout, CODES[:2]))
        await becomes(running, 503, within_s=UNREADY_WITHIN_S, because="MongoDB")
        assert await is_alive(running)
    finally:
        signal_process(trial.stack.mongod, signal.SIGCONT)

    await becomes(running, 200, within_s=READY_WITHIN_S)
    await trial.caught_up()
    assert await trial.differences() == []


async def test_told_to_stop_it_commits_what_it_did_and_exits(trial: Trial, running: Child):
    await trial.tell(story(trial.rollout, CODES[:2]))
    await trial.caught_up()

    assert await terminated(running, within_s=EXIT_WITHIN_S) == 0


async def test_told_to_stop_while_kafka_is_away_it_exits(trial: Trial, running: Child):
    await trial.stack.kill_broker()

    assert await terminated(running, within_s=EXIT_WITHIN_S) == 0


async def test_told_to_stop_while_the_database_is_away_it_exits(trial: Trial, running: Child):
    await trial.stack.kill_mongod()
    await trial.tell(story(trial.rollout, CODES[:1]))

    assert await terminated(running, within_s=EXIT_WITHIN_S) == 0


async def test_told_to_stop_while_the_database_stands_still_it_exits(trial: Trial, running: Child):
    signal_process(trial.stack.mongod, signal.SIGSTOP)
    try:
        await trial.tell(story(trial.rollout, CODES[:1]))
        await asyncio.sleep(1)  # so that a batch hangs in the database

        assert await terminated(running, within_s=EXIT_WITHIN_S) == 0
    finally:
        signal_process(trial.stack.mongod, signal.SIGCONT)


async def test_started_before_kafka_and_the_database_it_joins_when_they_appear(trial: Trial):
    await trial.stack.stop_broker()
    await trial.stack.stop_mongod()
    child = await trial.started()
    await becomes(child, 503, within_s=UNREADY_WITHIN_S, because="Kafka")

    await trial.stack.start_mongod()
    await trial.stack.start_broker()

    await becomes(child, 200, within_s=READY_WITHIN_S)
    await trial.tell(story(trial.rollout, CODES[:1]))
    await trial.caught_up()
    assert await trial.differences() == []
