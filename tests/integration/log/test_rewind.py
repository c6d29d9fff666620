"""A group's offsets taken back from the command line: only while nobody is in it, and never forward."""

import json

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.topics import Topic
from deploy.group_offsets import GroupActiveError, move
from services.chassis.settings import KafkaConnection
from tests.integration.log.commands import exported, in_thread, receipts


async def test_a_group_goes_back_only_while_nobody_is_in_it(told, prefix):
    group = f"{prefix}group"
    consumer = AIOKafkaConsumer(
        Topic.AGREEMENTS, bootstrap_servers=told.bootstrap, group_id=group, auto_offset_reset="earliest",
        enable_auto_commit=False,
    )  # fmt: skip
    await consumer.start()
    read = 0
    while not read:
        read += sum(map(len, (await consumer.getmany(timeout_ms=500)).values()))
    await consumer.commit()
    active = await in_thread(told, "rewind", group, "--to-earliest", "--execute")
    assert active.returncode == 1
    assert "active members" in active.stderr
    await consumer.stop()

    plan = json.loads((await in_thread(told, "rewind", group, "--to-earliest", "--json")).stdout)
    assert not plan["executed"]
    done = json.loads((await in_thread(told, "rewind", group, "--to-earliest", "--execute", "--json")).stdout)
    assert done["executed"]
    assert sum(each["lag_after"] - each["lag_before"] for each in done["partitions"]) >= read
    after = json.loads((await in_thread(told, "rewind", group, "--to-earliest", "--json")).stdout)
    assert all(each["from"] == 0 for each in after["partitions"] if each["to"] == 0)


@pytest.fixture
async def group(told, prefix) -> str:
    """Return a group that nobody is in, and the partition of which it has read one record of several."""
    name = f"{prefix}stands"
    (partition, last) = max(
        (each["position"].rsplit("-", 1) for each in await exported(told)), key=lambda each: int(each[1])
    )
    topic, number = partition.rsplit("-", 1)
    await move(KafkaConnection(bootstrap=told.bootstrap), name, {TopicPartition(f"klarmeld.{topic}", int(number)): 1})
    assert int(last) >= 1
    return f"{name} {partition}"


async def test_a_group_goes_back_and_never_forward(told, group):
    name, partition = group.split()
    beyond = await in_thread(told, "rewind", name, "--to-offset", f"{partition}-2", "--execute")
    later = await in_thread(told, "rewind", name, "--to-datetime", "2999-01-01T00:00:00Z", "--execute", "--json")
    back = await in_thread(
        told, "rewind", name, "--to-offset", f"{partition}-0", "--execute", "--json", "--why", "lost"
    )

    assert (beyond.returncode, f"{partition} can go back to" in beyond.stderr) == (2, True)
    assert [(each["from"], each["to"]) for each in json.loads(later.stdout)["partitions"]] == [(1, 1)]
    assert [(each["from"], each["to"]) for each in json.loads(back.stdout)["partitions"]] == [(1, 0)]
    *_, begun, done = await receipts(told)
    assert (begun["what"], done["what"], done["why"]) == ("rewind: begun", "rewind", "lost")
    assert (done["before"], done["after"]) == (
        {"group": name, "offsets": {partition: 1}},
        {"group": name, "offsets": {partition: 0}},
    )


async def test_who_joins_between_plan_and_deed_is_not_moved(told, prefix):
    group, reach = f"{prefix}joined", KafkaConnection(bootstrap=told.bootstrap)
    consumer = AIOKafkaConsumer(Topic.AGREEMENTS, bootstrap_servers=told.bootstrap, group_id=group)
    await consumer.start()
    try:
        while not consumer.assignment():
            await consumer.getmany(timeout_ms=200)
        with pytest.raises(GroupActiveError):
            await move(reach, group, {TopicPartition(Topic.AGREEMENTS, 0): 0})
    finally:
        await consumer.stop()
