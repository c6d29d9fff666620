"""One service as operations reach it: its log and its database directly, whether or not the service runs."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from services.chassis.log.log_reader import LogReader, reading
from services.chassis.projection.derivation import Derive
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.store import Store
from services.chassis.settings import KafkaSettings, MongoSettings


@dataclass(frozen=True, kw_only=True)
class Target:
    """What another process needs to know to reach the same service; `derive` is its rules, a function of a module."""

    name: str
    group: str
    derive: Derive
    topics: Sequence[str]
    kafka: KafkaSettings
    mongo: MongoSettings
    database: str


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A service that has been reached."""

    name: str
    group: str
    derive: Derive
    reader: LogReader
    store: Store
    database: Any


@asynccontextmanager
async def reached(target: Target) -> AsyncIterator[Subject]:
    """Yield the service; LogUnavailableError or StoreUnavailableError at once where Kafka or MongoDB is away."""
    client = connect(target.mongo.uri, timeout_s=target.mongo.timeout_s)
    database = client[target.database]
    store = Store(database)
    try:
        await store.ping()
        async with reading(target.kafka, target.topics) as reader:
            yield Subject(
                name=target.name,
                group=target.group,
                derive=target.derive,
                reader=reader,
                store=store,
                database=database,
            )
    finally:
        await client.close()
