"""A topic of one test's own, a group that reads it, and what stands for a projector there."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.stack import Stack
from services.chassis.log.consumer import Apply, Consumer, Turn
from services.chassis.metrics import Metrics
from services.chassis.settings import KafkaSettings

SOON_S = 30


class Log:
    """A topic of two partitions for one test, and a group that reads it."""

    def __init__(self, stack: Stack, prefix: str, admin: AIOKafkaAdminClient) -> None:
        self.topic, self.group = f"{prefix}topic", f"{prefix}group"
        self.settings = KafkaSettings(bootstrap=stack.bootstrap, partitions=2)
        self._admin = admin
        self.consumers: list[Consumer] = []

    async def tell(self, *values: bytes, partition: int = 0, **options: Any) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self.settings.bootstrap, **options) as producer:
            for value in values:
                await producer.send_and_wait(self.topic, value, partition=partition)

    async def tell_and_take_back(self, value: bytes) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self.settings.bootstrap, transactional_id=self.group) as producer:
            await producer.begin_transaction()
            await producer.send_and_wait(self.topic, value, partition=0)
            await producer.abort_transaction()

    async def reading(self, apply: Apply) -> Consumer:
        consumer = Consumer(
            settings=self.settings, group=self.group, topics=[self.topic], apply=apply, metrics=Metrics(),
            moment=lambda _: None,
        )  # fmt: skip
        self.consumers.append(consumer)
        await consumer.start()
        return consumer

    async def committed(self) -> dict[int, int]:
        """Return the committed offset by partition, of those that have one."""
        found = await self._admin.list_consumer_group_offsets(self.group)
        return {each.partition: place.offset for each, place in found.items() if place.offset >= 0}

    async def commits(self, wanted: dict[int, int]) -> bool:
        """Return whether the group comes to have committed exactly this."""
        for _ in range(SOON_S * 10):
            if await self.committed() == wanted:
                return True
            await asyncio.sleep(0.1)
        return False


class Applied:
    """Keeps what it is given; fails as often as told, waits while it may not return, stands still at one value."""

    def __init__(self, *, failures: int = 0, held_up: bytes | None = None) -> None:
        self._held_up = held_up
        self.read: list[bytes] = []
        self.values: list[bytes] = []
        self.given_up = 0
        self.called = asyncio.Event()
        self.may_return = asyncio.Event()
        self.may_return.set()
        self.failures = failures

    async def __call__(self, records: Sequence[Any], turn: Turn) -> None:
        self.read += [record.value for record in records]
        try:
            await self._applied(records, turn)
        except asyncio.CancelledError:
            self.given_up += 1
            raise

    async def _applied(self, records: Sequence[Any], turn: Turn) -> None:
        await turn()
        self.called.set()
        await self.may_return.wait()
        if self._held_up in {record.value for record in records}:
            await asyncio.Event().wait()
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the database is away")
        self.values += [record.value for record in records]

    async def come_to(self, *wanted: bytes) -> bool:
        for _ in range(SOON_S * 10):
            if sorted(self.values) == sorted(wanted):
                return True
            await asyncio.sleep(0.1)
        return False
