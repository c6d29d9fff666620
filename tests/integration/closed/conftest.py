"""A closed Kafka and MongoDB, started once for these tests."""

from collections.abc import AsyncIterator

import pytest

from contracts.topics import Topic
from deploy.closed.kafka_access import REPLAYS
from deploy.local.kafka_closed import admin
from deploy.local.stack import Stack
from services.chassis.log.log_admin import ensure_topics
from services.chassis.settings import KafkaSettings
from tests.stack import running_stack

TOPICS = (*map(str, Topic), f"{REPLAYS}elsewhere", "another-team")


@pytest.fixture(scope="session")
async def closed(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with running_stack(tmp_path_factory.mktemp("lukket"), closed=True) as stack:
        assert stack.secrets is not None
        known = admin(stack.secrets, stack.bootstrap).model_dump()
        await ensure_topics(KafkaSettings.model_validate({**known, "partitions": 1}), TOPICS)
        yield stack
