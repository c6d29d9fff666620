"""Deeds that leave a receipt, cut off at it: a rewind, a replay, a redrive; the same command finishes each."""

import asyncio
import signal
import sys

import pytest
from aiokafka import TopicPartition

from contracts.topics import Topic
from deploy.group_offsets import group_of, move
from services.chassis.projection.mongo_client import connect
from services.chassis.settings import KafkaSettings
from tests.faults.absence import ENDS_WITHIN_S, World, ended_without
from tests.faults.shell import environment_of
from tests.faults.test_absence import COMMIT, COPY, WHY, parked, world
from tests.stack import REPOSITORY

__all__ = ["world"]
GROUP = "receipted-others"
FIRST = TopicPartition(Topic.AGREEMENTS, 0)
REPLAY = f"events replay --to-topic {COPY} --type AgreementSigned --execute"


@pytest.mark.parametrize("times", [1, 2], ids=["begun", "done"])
async def test_a_rewind_whose_receipt_was_cut_off_is_done_and_receipted_by_the_same_command(world: World, times: int):
    reach = KafkaSettings(bootstrap=world.trial.stack.bootstrap)
    await move(reach, GROUP, {FIRST: 1})
    before, words = await world.receipts(), f"rewind {GROUP} --to-earliest --execute"

    line = await ended_without(world.mongodb, world, words, COMMIT, times=times)
    again = await world.klarmeld(words)

    assert f"127.0.0.1:{world.mongodb.port}" in line
    assert again.code == 0, again.complained
    assert (await group_of(reach, GROUP)).offsets[FIRST] == 0
    assert (await world.receipts() - before)["rewind"] >= 1


@pytest.mark.parametrize("times", [1, 2], ids=["begun", "done"])
async def test_a_replay_whose_receipt_was_cut_off_is_receipted_by_the_same_command(world: World, times: int):
    before = await world.receipts()

    line = await ended_without(world.mongodb, world, REPLAY, COMMIT, times=times)
    again = await world.klarmeld(REPLAY)

    assert f"127.0.0.1:{world.mongodb.port}" in line
    assert again.code == 0, again.complained
    assert (await world.receipts() - before)["replay"] >= 1


async def test_ctrl_c_in_the_middle_of_a_redrive_leaves_the_rest_to_the_same_command(world: World):
    await parked(world, 3)
    before, words = await world.receipts(), f"parked redrive tasks --reason schema --execute --why {WHY}"
    world.service.falls_at(COMMIT, silent=True)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli", *words.split()),
        cwd=REPOSITORY, env=environment_of(world.trial, world.environment), stdout=-1, stderr=-1,
    )  # fmt: skip
    async with asyncio.timeout(ENDS_WITHIN_S):
        await world.service.fallen.wait()
        process.send_signal(signal.SIGINT)
        _, complained = await process.communicate()
    await world.service.opened()
    await world.ready()
    again = await world.klarmeld(words)

    assert (process.returncode, "Traceback" in complained.decode()) == (130, False)
    assert again.code == 0, again.complained
    assert await world.receipts() - before == {"redrive parked records": 1}
    async with connect(world.trial.stack.mongo_uri, timeout_s=20) as client:
        left = client[world.trial.database].parked
        assert await left.count_documents({"reason": "schema", "state": "parked"}) == 0
