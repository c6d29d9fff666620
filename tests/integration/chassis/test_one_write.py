"""One write of facts and view: it takes only where nobody else has written, and whoever has is noticed."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Any

import bson
import pytest

from contracts.codec import KafkaRecord, encode
from contracts.examples import ROLLOUT, example
from contracts.facts import document_id
from contracts.names import EventName
from contracts.progress import derive_settled
from services.chassis.errors import StoreUnavailableError
from services.chassis.metrics import Metrics
from services.chassis.projection.derivation import NO_ROLLOUT, Whole, stale_in
from services.chassis.projection.documents import Document
from services.chassis.projection.held import Held
from services.chassis.projection.known import Known
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.parked import Parked
from services.chassis.projection.projector import Projector
from services.chassis.projection.store import FIRST, Store
from services.chassis.projection.stored import Write

pytestmark = pytest.mark.stack
VEJLE = "0630"
OWN = document_id(ROLLOUT, VEJLE)
Happening = Callable[[], Awaitable[Any]]


class DisturbedStore(Store):
    """Lets something happen once, just before a step; `read` counts the documents asked for."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        self.happens: dict[str, Happening] = {}
        self.read = 0

    async def documents(self, collection: str, ids: Iterable[str]) -> list[Document]:
        asked = list(ids)
        self.read += len(asked)
        return await super().documents(collection, asked)

    async def write(self, collection: str, writes: Sequence[Write], mark: str) -> set[str]:
        await self._before("write")
        contested = await super().write(collection, writes, mark)
        await self._before("acknowledgement")
        return contested

    async def marks(self, collection: str, ids: Iterable[str]) -> dict[str, str | None]:
        await self._before("marks")
        return await super().marks(collection, ids)

    async def _before(self, step: str) -> None:
        happening = self.happens.pop(step, None)
        if happening:
            await happening()


@pytest.fixture
async def store(stack, prefix) -> AsyncIterator[DisturbedStore]:
    client = connect(stack.mongo_uri, timeout_s=5)
    store = DisturbedStore(client[f"{prefix}one_write"])
    await store.prepare()
    yield store
    await client.drop_database(f"{prefix}one_write")
    await client.close()


def projector_of(store: Store) -> Projector:
    parked, metrics = Parked(store._database), Metrics()
    return Projector(store=store, parked=parked, derive=derive_settled, metrics=metrics, moment=lambda _: None)


def record(name: EventName, offset: int, *, partition: int = 0, event: str = "") -> KafkaRecord:
    message = encode(example(name, id=event or f"e-{partition}-{offset}"))
    recorded = 1_798_675_200_000 + offset
    return KafkaRecord(message.topic, partition, offset, recorded, message.key, message.value, message.headers)


def told_by_another(store: Store, *records: KafkaRecord) -> Happening:
    """Return what another replica does with these records."""
    return lambda: projector_of(Store(store._database)).apply(records)


async def facts_and_staleness(store: Store) -> tuple[int, list[str]]:
    """Return how many facts Vejle's document holds, and in what its stored view is not what follows from them."""
    found = {each["_id"]: Held(bson.encode(each)) async for each in store.collection(FIRST.live).find()}
    rollout = found.get(document_id(ROLLOUT, None))
    whole = Whole(list(rollout.facts.values())) if rollout else NO_ROLLOUT
    return len(found[OWN].facts), stale_in(found[OWN], whole, derive_settled)


ENROLLED = record(EventName.MunicipalityEnrolled, 0)
ORIENTED = record(EventName.StakeholderOriented, 1)
SENT = record(EventName.AgreementSent, 2)
GUIDANCE = record(EventName.GuidancePublished, 3)


async def test_a_document_that_was_written_here_is_not_read_again(store):
    projector = projector_of(store)
    await projector.apply([ENROLLED])
    before = store.read

    await projector.apply([ORIENTED])

    assert store.read == before
    assert await facts_and_staleness(store) == (2, [])


async def test_a_batch_that_brings_nothing_new_writes_nothing(store):
    await projector_of(store).apply([ENROLLED, ORIENTED])
    marks = await store.marks(FIRST.live, [OWN])

    await projector_of(store).apply([ENROLLED, ORIENTED])

    assert await store.marks(FIRST.live, [OWN]) == marks


@pytest.mark.parametrize("earlier", [[], [ENROLLED]], ids=["a new document", "one that exists"])
async def test_what_another_replica_adds_between_reading_and_writing_is_in_the_view(store, earlier):
    await projector_of(store).apply(earlier)
    store.happens["write"] = told_by_another(store, SENT)

    await projector_of(store).apply([ORIENTED])

    assert await facts_and_staleness(store) == (2 + len(earlier), [])


async def test_what_another_replica_added_to_a_remembered_document_is_in_the_view(store):
    projector = projector_of(store)
    await projector.apply([ENROLLED])
    await told_by_another(store, SENT)()

    await projector.apply([ORIENTED])

    assert await facts_and_staleness(store) == (3, [])


async def test_an_earlier_telling_that_another_replica_merged_is_known_to_the_view(store):
    projector = projector_of(store)
    await projector.apply([record(EventName.MunicipalityEnrolled, 9, event="same")])
    await told_by_another(store, record(EventName.MunicipalityEnrolled, 4, event="same"))()

    await projector.apply([ORIENTED])

    assert await facts_and_staleness(store) == (2, [])


@pytest.mark.parametrize("step", ["write", "marks"])
async def test_a_fact_of_the_rollout_that_another_replica_adds_meanwhile_is_in_the_view(store, step):
    projector = projector_of(store)
    await projector.apply([ENROLLED])
    store.happens[step] = told_by_another(store, GUIDANCE)

    await projector.apply([ORIENTED])

    assert await facts_and_staleness(store) == (2, [])


async def test_a_fact_of_the_rollout_that_another_replica_added_earlier_is_in_the_view(store):
    projector = projector_of(store)
    await projector.apply([ENROLLED])
    await told_by_another(store, GUIDANCE)()

    await projector.apply([ORIENTED])

    assert await facts_and_staleness(store) == (2, [])


async def test_a_batch_whose_acknowledgement_was_lost_is_applied_again_in_full(store):
    projector = projector_of(store)
    await projector.apply([ENROLLED])

    async def lost() -> None:
        raise StoreUnavailableError("The connection broke.")

    store.happens["acknowledgement"] = lost
    with pytest.raises(StoreUnavailableError):
        await projector.apply([ORIENTED, SENT])
    await projector.apply([ORIENTED, SENT])

    assert await facts_and_staleness(store) == (3, [])


async def test_a_remembered_document_that_vanished_is_not_written_to_as_if_it_were_there(store):
    projector = projector_of(store)
    await projector.apply([ENROLLED])
    await store.collection(FIRST.live).delete_one({"_id": OWN})

    await projector.apply([ORIENTED])

    assert await facts_and_staleness(store) == (1, [])


async def test_no_more_is_remembered_than_there_is_room_for(store):
    known = Known(store, most_facts=3)
    first, second = (Document(f"r:010{number}", "r", f"010{number}", {}, {}, None) for number in (1, 2))
    known.keep(FIRST.live, [first._replace(facts={"a": 1})])
    known.keep(FIRST.live, [second._replace(facts={"a": 1})])

    await known.take(FIRST.live, [first.id, second.id])

    assert store.read == 1
