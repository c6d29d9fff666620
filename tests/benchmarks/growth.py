"""What an event costs when there are ten and a hundred times as many rollouts: three places of one catching up."""

import asyncio
from typing import Any, NamedTuple

import httpx

from contracts.topics import Topic
from deploy.local.stack import Stack
from services.chassis.log.log_admin import ensure_topics
from services.chassis.settings import KafkaSettings
from tests.benchmarks import workload
from tests.benchmarks.running import Running, cpu_seconds, fill, process_on, records_handled, running
from tests.tokens import Issuer

#: Events of one rollout: 51 of each of 98 municipalities.
OF_ONE = len(workload.CODES) * 51
#: So many events more stand behind the last place.
BEHIND_IT = 50_000
LOOK_EVERY_S = 0.1


class Look(NamedTuple):
    """How far the service has come, and the processor seconds that it and mongod have spent by then."""

    records: float
    client_s: float
    mongod_s: float


async def growth(stack: Stack, issuer: Issuer, *, rollouts: int) -> list[dict[str, Any]]:
    """Return what an event cost, in µs, while there were few rollouts, ten times as many, and a hundred times.

    The first is not measured from the very beginning, where a service is still getting warm, nor the last to the very
    end: what a batch costs to read is spent while the one before is written, and the last of all has none behind it.
    Each is measured over half a hundredth of all, or over the batches around that where they are more: of fewer than
    some 500 rollouts the first places would share a batch.
    """
    await ensure_topics(KafkaSettings(bootstrap=stack.bootstrap), [str(each) for each in Topic])
    count = rollouts * OF_ONE
    told = await fill(stack, workload.campaign(count + BEHIND_IT))
    async with running("agreements", stack, issuer, label="bench_growth", behind=True) as service:
        looks = await _followed(stack, service, told)
    return [_cost(looks, count * times // 100, count // 200, times) for times in (1, 10, 100)]


async def _followed(stack: Stack, service: Running, count: int) -> list[Look]:
    mongod = process_on(stack.ports.mongod)
    looks = [Look(0, service.cpu_seconds, cpu_seconds(mongod))]
    async with httpx.AsyncClient() as client:
        while looks[-1].records < count:
            await asyncio.sleep(LOOK_EVERY_S)
            handled = await records_handled(client, service.url)
            if handled > looks[-1].records:  # a batch is done: what it cost lies before this look
                looks.append(Look(handled, service.cpu_seconds, cpu_seconds(mongod)))
    return looks


def _cost(looks: list[Look], upto: int, part: int, times: int) -> dict[str, Any]:
    """Return the cost of the `part` events before a place, by the looks around them."""
    first = max(each for each in looks if each.records <= upto - part)
    last = min(each for each in looks if each.records >= upto)
    events = last.records - first.records
    return {
        "times": times,
        "rollouts": round(upto / OF_ONE),
        "events": events,
        "client_us": (last.client_s - first.client_s) / events * 1e6,
        "mongod_us": (last.mongod_s - first.mongod_s) / events * 1e6,
    }
