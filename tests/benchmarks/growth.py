"""What an event costs when there are ten and a hundred times as many rollouts."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

import httpx

from contracts.records import Message
from contracts.topics import Topic
from deploy.local.stack import Stack
from services.chassis.log.log_admin import ensure_topics
from services.chassis.projection.mongo_client import connect
from services.chassis.settings import KafkaSettings
from tests.benchmarks import workload
from tests.benchmarks.running import Running, cpu_seconds, fill, process_on, rate_until, running
from tests.tokens import Issuer

#: Events of one rollout: 51 of each of 98 municipalities.
OF_ONE = len(workload.CODES) * 51
#: So many further rollouts are told at each place, and what their events cost is taken.
FURTHER = 10
_LABEL = "bench_growth"


async def growth(stack: Stack, issuer: Issuer, *, rollouts: int) -> list[dict[str, Any]]:
    """Return what an event cost, in µs, while there were few rollouts, ten times as many, and a hundred times.

    At each place the service is level before, and again after ten further rollouts: a whole catching up is measured,
    the making of views with it, so that no work of it lies before or behind.
    """
    await ensure_topics(KafkaSettings(bootstrap=stack.bootstrap), [str(each) for each in Topic])
    messages = workload.campaign((rollouts + 3 * FURTHER) * OF_ONE)
    async with running("agreements", stack, issuer, label=_LABEL, behind=True) as service:
        growing = Growing(stack, service)
        costs = []
        for times in (1, 10, 100):
            await growing.by(islice(messages, max(0, rollouts * times // 100 * OF_ONE - growing.told)))
            there = growing.told // OF_ONE
            costs.append({"times": times, "rollouts": there, **await growing.cost(islice(messages, FURTHER * OF_ONE))})
    return costs


class Growing:
    """A service that is told more and more, and is level each time before it goes on."""

    def __init__(self, stack: Stack, service: Running) -> None:
        self._stack, self._service = stack, service
        self._mongod = process_on(stack.ports.mongod)
        self.told = 0

    async def by(self, messages: Iterable[Message]) -> None:
        """Tell it these, and wait until every view is made."""
        self.told += await fill(self._stack, messages)
        mongo = connect(self._stack.mongo_uri, timeout_s=20)
        async with httpx.AsyncClient() as client:
            await rate_until(client, self._service.url, self.told, mongo[_LABEL].progress_1)
        await mongo.close()

    async def cost(self, messages: Iterable[Message]) -> dict[str, Any]:
        """Return how many these were, and the processor time in µs that each took the service and mongod."""
        told, client, mongod = self.told, self._service.cpu_seconds, cpu_seconds(self._mongod)
        await self.by(messages)
        events = self.told - told
        return {
            "events": events,
            "client_us": (self._service.cpu_seconds - client) / events * 1e6,
            "mongod_us": (cpu_seconds(self._mongod) - mongod) / events * 1e6,
        }
