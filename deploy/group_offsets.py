"""Where a consumer group stands on the log, who is in it, and moving it while nobody is."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition  # noqa: TID251  an operator's own tool
from aiokafka.admin import AIOKafkaAdminClient  # noqa: TID251
from aiokafka.errors import CommitFailedError, GroupCoordinatorNotAvailableError  # noqa: TID251
from aiokafka.structs import OffsetAndMetadata  # noqa: TID251

from deploy.producer import LogAwayError, answered
from services.chassis.log.kafka_client import reaching
from services.chassis.log.log_reader import let_go
from services.chassis.settings import KafkaConnection

PREPARING_TRIES, PREPARING_S = 20, 0.5

Offsets = Mapping[TopicPartition, int]


class GroupActiveError(Exception):
    """Somebody joined the group before it was moved."""


class Group(NamedTuple):
    """A group's committed offsets and the client ids of its members."""

    offsets: Offsets
    members: Sequence[str]


async def group_of(kafka: KafkaConnection, group: str) -> Group:
    """Return where `group` stands; LogAwayError where there is no Kafka."""
    admin = AIOKafkaAdminClient(client_id="klarmeld-cli", **reaching(kafka))
    try:
        async with answered():
            await admin.start()
        found = await _committed(admin, group)
        async with answered():
            (described,) = await admin.describe_consumer_groups([group])
        members = [member[1] for each in described.groups for member in each[5]]
    finally:
        await let_go(admin.close())
    return Group({each: place.offset for each, place in found.items() if place.offset >= 0}, sorted(members))


async def committed(kafka: KafkaConnection, group: str) -> dict[TopicPartition, OffsetAndMetadata]:
    """Return what `group` has committed, with what it said about it; LogAwayError where there is no Kafka."""
    admin = AIOKafkaAdminClient(client_id="klarmeld-cli", **reaching(kafka))
    try:
        async with answered():
            await admin.start()
        found = await _committed(admin, group)
    finally:
        await let_go(admin.close())
    return {each: place for each, place in found.items() if place.offset >= 0}


async def _committed(admin: AIOKafkaAdminClient, group: str) -> dict[TopicPartition, OffsetAndMetadata]:
    """Return what the group has committed; a broker that never had a group needs a moment to prepare for one."""
    for _ in range(PREPARING_TRIES):
        async with answered():
            with suppress(GroupCoordinatorNotAvailableError):
                found: dict[TopicPartition, OffsetAndMetadata] = await admin.list_consumer_group_offsets(group)
                return found
        await asyncio.sleep(PREPARING_S)
    raise LogAwayError("it has no coordinator for groups")


async def move(kafka: KafkaConnection, group: str, offsets: Offsets) -> None:
    """Commit `offsets` for a group without members; GroupActiveError where somebody is in it after all."""
    consumer = AIOKafkaConsumer(client_id="klarmeld-cli", group_id=group, enable_auto_commit=False, **reaching(kafka))
    try:
        async with answered():
            await consumer.start()
            consumer.assign(list(offsets))
            await _commit(consumer, {each: OffsetAndMetadata(offset, "") for each, offset in offsets.items()})
    finally:
        await let_go(consumer.stop())


async def _commit(consumer: AIOKafkaConsumer, places: Mapping[TopicPartition, OffsetAndMetadata]) -> None:
    try:
        await consumer.commit(places)
    except CommitFailedError:
        raise GroupActiveError from None
