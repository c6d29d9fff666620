"""The topics on the log: created with the settings that the contract needs, and checked at every start."""

import asyncio
from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic  # noqa: TID251  this module is its home
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType  # noqa: TID251
from aiokafka.errors import TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code  # noqa: TID251

from services.chassis.errors import KlarmeldError
from services.chassis.log.kafka_client import reaching
from services.chassis.settings import KafkaSettings

#: A record's timestamp is when the log took it, nothing is ever deleted, and every codec stays as it was sent.
REQUIRED = {
    "message.timestamp.type": "LogAppendTime",
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
}
#: A new topic is looked for so often, every so many seconds.
KNOWN_WITHIN = 50
LOOK_EVERY_S = 0.1


class TopicSettingsError(KlarmeldError):
    """A topic exists with settings under which the contract does not hold."""


async def ensure_topics(settings: KafkaSettings, topics: Sequence[str]) -> None:
    """Create the topics that are missing and check all; TopicSettingsError names what differs."""
    admin = AIOKafkaAdminClient(client_id="klarmeld-topics", **reaching(settings))
    await admin.start()
    try:
        missing = sorted(set(topics) - set(await admin.list_topics()))
        if missing:
            await _create(admin, settings, missing)
        await _check_when_known(admin, topics)
    finally:
        await admin.close()


async def _create(admin: AIOKafkaAdminClient, settings: KafkaSettings, topics: Sequence[str]) -> None:
    new = [
        NewTopic(
            topic, settings.partitions, settings.replication, topic_configs={**REQUIRED, "compression.type": "producer"}
        )
        for topic in topics
    ]
    answer = await admin.create_topics(new)
    for topic, code, *_ in answer.topic_errors:
        if code and for_code(code) is not TopicAlreadyExistsError:
            raise TopicSettingsError(f"Kafka refused to create {topic}: {for_code(code).__name__}.")


async def _check_when_known(admin: AIOKafkaAdminClient, topics: Sequence[str]) -> None:
    """Check once the broker tells of all topics; one that was just made it may not know for a moment."""
    for _ in range(KNOWN_WITHIN):
        try:
            await _check(admin, topics)
        except UnknownTopicOrPartitionError:
            await asyncio.sleep(LOOK_EVERY_S)
        else:
            return
    raise UnknownTopicOrPartitionError(", ".join(topics))


async def _check(admin: AIOKafkaAdminClient, topics: Sequence[str]) -> None:
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic) for topic in topics]
    for answer in await admin.describe_configs(resources):
        for code, _message, _type, topic, entries in answer.resources:
            if code:
                raise for_code(code)(topic)
            found = {entry[0]: entry[1] for entry in entries}
            for name, wanted in REQUIRED.items():
                if found.get(name) != wanted:
                    raise TopicSettingsError(
                        f"{topic} has {name}={found.get(name)}; the contract needs {wanted}; change that"
                    )
