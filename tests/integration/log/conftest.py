"""Four events on the log, for the tests of its commands."""

import pytest

from contracts.topics import Topic
from services.chassis.log.log_admin import ensure_topics
from services.chassis.settings import KafkaSettings
from tests.integration.log.commands import events, published


@pytest.fixture(scope="module")
async def told(stack):
    """Put four events of a rollout of its own onto the log."""
    await ensure_topics(KafkaSettings(bootstrap=stack.bootstrap), list(Topic))
    await published(stack, events())
    return stack
