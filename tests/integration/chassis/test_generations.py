"""The writing of several generations at once: the order that lets a reader change over without going back."""

from typing import Any

import pytest

from contracts.codec import KafkaRecord, encode
from contracts.examples import MUNICIPALITY, ROLLOUT, example
from contracts.facts import document_id
from contracts.names import EventName
from contracts.progress import derive_settled
from services.chassis.metrics import Metrics
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.parked import Parked
from services.chassis.projection.projector import Projector
from services.chassis.projection.store import Generation, Store

pytestmark = pytest.mark.stack
OWN = document_id(ROLLOUT, MUNICIPALITY)
BOTH = Generation("progress_1", ("progress_2",))


class NotingStore(Store):
    """Notes which generation is written when."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        self.noted: list[tuple[str, str]] = []

    async def union(self, collection: str, *given: Any, **how: Any) -> None:
        await super().union(collection, *given, **how)
        self.noted.append(("facts", collection))

    async def write(self, collection: str, *given: Any) -> set[str]:
        contested = await super().write(collection, *given)
        self.noted.append(("facts and view", collection))
        return contested

    async def write_progress(self, collection: str, *given: Any) -> None:
        await super().write_progress(collection, *given)
        self.noted.append(("progress", collection))


@pytest.fixture
async def store(stack, prefix):
    client = connect(stack.mongo_uri, timeout_s=5)
    store = NotingStore(client[f"{prefix}generations"])
    await store.prepare()
    yield store
    await client.drop_database(f"{prefix}generations")
    await client.close()


def projector_of(store: Store) -> Projector:
    parked, metrics = Parked(store._database), Metrics()
    return Projector(store=store, parked=parked, derive=derive_settled, metrics=metrics, moment=lambda _: None)


def record(offset: int) -> KafkaRecord:
    return record_of(EventName.StakeholderOriented, offset)


def record_of(name: EventName, offset: int) -> KafkaRecord:
    message = encode(example(name, id=f"e-{offset}"))
    return KafkaRecord(message.topic, 0, offset, 1_790_000_000_000, message.key, message.value, message.headers)


async def facts_of(store: Store, collection: str) -> int:
    documents = await store.documents(collection, [OWN])
    return len(documents[0].facts) if documents else 0


async def test_the_live_generation_is_written_last_facts_and_view(store):
    await store.repoint(Generation("progress_1"), BOTH)

    await projector_of(store).apply([record(0)])

    assert store.noted == [("facts and view", "progress_2"), ("facts and view", "progress_1")]


async def test_a_fact_of_the_rollout_is_written_to_the_live_generation_last_too(store):
    await store.repoint(Generation("progress_1"), BOTH)

    await projector_of(store).apply([record_of(EventName.TaskCardPublished, 0)])

    assert store.noted == [
        ("facts", "progress_2"),
        ("progress", "progress_2"),
        ("facts", "progress_1"),
        ("progress", "progress_1"),
    ]


async def test_a_generation_is_written_with_the_first_batch_after_it_was_added(store):
    projector = projector_of(store)
    await projector.apply([record(0)])
    await store.repoint(Generation("progress_1"), BOTH)

    await projector.apply([record(1)])

    assert await facts_of(store, "progress_2") == 1
    assert await facts_of(store, "progress_1") == 2


async def test_after_a_swap_the_order_is_the_other_way_round(store):
    await store.repoint(Generation("progress_1"), BOTH)
    projector = projector_of(store)
    await store.repoint(BOTH, Generation("progress_2", ("progress_1",)))

    await projector.apply([record(0)])

    assert [collection for _, collection in store.noted] == ["progress_1", "progress_2"]


async def test_a_dropped_generation_is_written_no_more(store):
    await store.repoint(Generation("progress_1"), BOTH)
    projector = projector_of(store)
    await projector.apply([record(0)])
    await store.repoint(BOTH, Generation("progress_1"))

    await projector.apply([record(1)])

    assert await facts_of(store, "progress_2") == 1
