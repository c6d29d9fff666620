"""What tests of the consumer share."""

from collections.abc import AsyncIterator

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.stack import Stack
from services.chassis.log.log_admin import ensure_topics
from tests.one_log import Log


@pytest.fixture
async def log(stack: Stack, prefix: str) -> AsyncIterator[Log]:
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.bootstrap)
    await admin.start()
    log = Log(stack, prefix, admin)
    await ensure_topics(log.settings, [log.topic])
    yield log
    for consumer in log.consumers:
        await consumer.stop(within_s=0)
    await admin.close()
