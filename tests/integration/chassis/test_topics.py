"""Topics on the real broker: made as the contract needs them, and refused where they are otherwise."""

from collections.abc import AsyncIterator

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaConnectionError

from deploy.local.stack import Stack
from services.chassis.log.log_admin import TopicSettingsError, ensure_topics
from services.chassis.settings import KafkaSettings


@pytest.fixture
async def admin(stack: Stack) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.bootstrap)
    await admin.start()
    yield admin
    await admin.close()


@pytest.fixture
def settings(stack: Stack) -> KafkaSettings:
    return KafkaSettings(bootstrap=stack.bootstrap)


async def configuration(admin: AIOKafkaAdminClient, topic: str) -> dict[str, str]:
    [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    [(_code, _message, _type, _name, entries)] = answer.resources
    return {entry[0]: entry[1] for entry in entries}


async def test_a_missing_topic_is_made_with_six_partitions(
    admin: AIOKafkaAdminClient, settings: KafkaSettings, prefix: str
):
    await ensure_topics(settings, [f"{prefix}topic"])

    [described] = await admin.describe_topics([f"{prefix}topic"])
    assert len(described["partitions"]) == 6


async def test_a_topic_is_stamped_by_the_log_and_keeps_everything(
    admin: AIOKafkaAdminClient, settings: KafkaSettings, prefix: str
):
    await ensure_topics(settings, [f"{prefix}topic"])

    found = await configuration(admin, f"{prefix}topic")
    assert found["message.timestamp.type"] == "LogAppendTime"
    assert (found["retention.ms"], found["retention.bytes"], found["cleanup.policy"]) == ("-1", "-1", "delete")
    assert found["compression.type"] == "producer"


async def test_topics_that_are_there_are_left_alone(settings: KafkaSettings, prefix: str):
    await ensure_topics(settings, [f"{prefix}topic"])

    await ensure_topics(settings, [f"{prefix}topic", f"{prefix}another"])


@pytest.mark.parametrize(
    ("name", "value"),
    [("message.timestamp.type", "CreateTime"), ("retention.ms", "1000"), ("cleanup.policy", "compact")],
)
async def test_a_topic_under_which_the_contract_does_not_hold_is_refused_by_name(
    admin: AIOKafkaAdminClient, settings: KafkaSettings, prefix: str, name: str, value: str
):
    right = {"message.timestamp.type": "LogAppendTime", "retention.ms": "-1", "retention.bytes": "-1"}
    await admin.create_topics([NewTopic(f"{prefix}topic", 1, 1, topic_configs=right | {name: value})])

    with pytest.raises(TopicSettingsError, match=f"{prefix}topic has {name}={value}; the contract needs"):
        await ensure_topics(settings, [f"{prefix}topic"])


async def test_a_kafka_that_is_away_is_an_error():
    with pytest.raises(KafkaConnectionError):
        await ensure_topics(KafkaSettings(bootstrap="127.0.0.1:1"), ["topic"])
