"""Kafka or MongoDB that goes away in the middle of a rebuild ends it at once; the next try finishes it."""

import os
import signal
from collections.abc import Callable

import pytest

from deploy.local.children import Child
from services.chassis import clock
from services.chassis.errors import LogUnavailableError, StoreUnavailableError
from services.chassis.replay.rebuild import rebuild
from services.chassis.replay.shares import Asked
from tests.faults.events import CODES, story
from tests.faults.operating import in_silence, pointer, rebuilt, signed, target_of, verified
from tests.faults.trial import Trial


def killing(child: Child, at: str) -> Callable[[str], None]:
    def told(moment: str) -> None:
        if moment == at and child.pid is not None:
            os.kill(child.pid, signal.SIGKILL)

    return told


async def rebuilt_without(trial: Trial, part: Child, moment: str) -> None:
    asked = Asked(clock.now_ms())
    await rebuild(target_of(trial), asked, signed(), tell=in_silence, moment=killing(part, moment))


@pytest.fixture
async def told(trial: Trial) -> Trial:
    await trial.tell(story(trial.rollout, CODES[:2]))
    await trial.started(static=True)
    await trial.caught_up()
    return trial


async def test_a_broker_that_dies_meanwhile(told: Trial):
    try:
        with pytest.raises(LogUnavailableError, match="Kafka does not answer"):
            await rebuilt_without(told, told.stack.broker, "after_also")
    finally:
        await told.stack.restart_broker()
    await told.caught_up()

    assert (await pointer(told))["live"] == "progress_1"
    assert (await rebuilt(told)).change
    assert (await verified(told)).agrees


@pytest.mark.parametrize("moment", ["after_fold", "after_follow", "before_swap"])
async def test_a_database_that_dies_meanwhile(told: Trial, moment: str):
    try:
        with pytest.raises(StoreUnavailableError, match="MongoDB"):
            await rebuilt_without(told, told.stack.mongod, moment)
    finally:
        await told.stack.restart_mongod()
    await told.caught_up()

    assert (await pointer(told))["live"] == "progress_1"
    assert (await rebuilt(told)).change
    assert (await verified(told)).agrees
