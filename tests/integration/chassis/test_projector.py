"""The projector on the real database: a batch becomes documents and parked records, however often and in what order."""

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from contracts.codec import KafkaRecord, NewEvent, encode
from contracts.examples import EXAMPLES, ROLLOUT, example
from contracts.facts import document_id
from contracts.names import EventName
from contracts.progress import derive_settled
from contracts.settle import Settled
from deploy.local.stack import Stack
from services.chassis.errors import StoreUnavailableError
from services.chassis.metrics import Metrics
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.parked import Parked
from services.chassis.projection.projector import Derive, Projector
from services.chassis.projection.store import Generation, Store

RECORDED = 1_798_675_200_000
VEJLE, KOLDING = "0630", "0621"


class Projection:
    """A database of one test's own, and projectors on it."""

    def __init__(self, database: Any) -> None:
        self.database = database
        self.store, self.parked, self.metrics = Store(database), Parked(database), Metrics()

    def projector(self, derive: Derive = derive_settled) -> Projector:
        return Projector(
            store=self.store, parked=self.parked, derive=derive, metrics=self.metrics, moment=lambda _: None
        )

    async def document(self, municipality: str | None) -> dict[str, Any]:
        found: dict[str, Any] = await self.database.progress_1.find_one({"_id": document_id(ROLLOUT, municipality)})
        return found

    async def everything(self, collection: str = "progress_1") -> list[dict[str, Any]]:
        """Return all documents with facts in one order; MongoDB keeps them in the order of their arrival.

        The mark names the last writing of facts: it says nothing of what a document holds.
        """
        found = await self.database[collection].find({}, {"mark": 0}).sort("_id").to_list(None)
        return [each | {"facts": dict(sorted(each["facts"].items()))} for each in found]

    async def parked_places(self) -> list[str]:
        return [each["_id"] for each in await self.database.parked.find().sort("_id").to_list(None)]


@pytest.fixture
async def projection(stack: Stack, prefix: str) -> AsyncIterator[Projection]:
    client = connect(stack.mongo_uri, timeout_s=5)
    projection = Projection(client[f"{prefix}projector"])
    await projection.store.prepare()
    await projection.parked.prepare()
    yield projection
    await client.drop_database(f"{prefix}projector")
    await client.close()


def recorded(*events: NewEvent) -> list[KafkaRecord]:
    """Return the events as the log would hold them, one after the other."""
    messages = [encode(event) for event in events]
    return [
        KafkaRecord(each.topic, offset % 6, offset, RECORDED + offset, each.key, each.value, each.headers)
        for offset, each in enumerate(messages)
    ]


def enrolled(code: str) -> NewEvent:
    return example(EventName.MunicipalityEnrolled, municipality=code)


def failing_for(code: str) -> Derive:
    """Return rules that fail on one municipality."""

    def derive(own: Settled, rollout: Settled) -> dict[str, Any]:
        if any(fact.subject == code for fact in own.facts):
            raise ZeroDivisionError
        return derive_settled(own, rollout)

    return derive


async def test_a_fact_becomes_a_view(projection: Projection):
    await projection.projector().apply(recorded(enrolled(VEJLE)))

    assert (await projection.document(VEJLE))["progress"]["stage"] == "to_orient"


async def test_a_batch_applied_twice_changes_nothing(projection: Projection):
    batch = recorded(*EXAMPLES.values())
    await projection.projector().apply(batch)
    once = await projection.everything()

    await projection.projector().apply(batch)

    assert await projection.everything() == once


async def test_batches_in_any_order_and_cut_come_to_the_same(projection: Projection):
    batch = recorded(*EXAMPLES.values(), enrolled(KOLDING))
    await projection.projector().apply(batch)
    at_once = await projection.everything()
    await projection.database.progress_1.delete_many({})
    random.Random(8).shuffle(batch)

    for start in range(0, len(batch), 5):
        await projection.projector().apply(batch[start : start + 5])

    assert await projection.everything() == at_once


async def test_a_fact_of_the_rollout_reaches_the_views_of_all_its_municipalities(projection: Projection):
    both = recorded(enrolled(VEJLE), enrolled(KOLDING), EXAMPLES[EventName.GuidancePublished])
    await projection.projector().apply(both[:2])

    await projection.projector().apply(both[2:])

    for code in (VEJLE, KOLDING):
        assert (await projection.document(code))["progress"]["tracks"]["information"]["guidance"] == "published"


async def test_a_fact_of_the_rollout_told_first_is_in_the_views_that_follow(projection: Projection):
    both = recorded(EXAMPLES[EventName.GuidancePublished], enrolled(VEJLE))
    await projection.projector().apply(both[:1])

    await projection.projector().apply(both[1:])

    assert (await projection.document(VEJLE))["progress"]["tracks"]["information"]["guidance"] == "published"


async def test_rules_that_fail_on_one_municipality_hold_up_no_other(projection: Projection):
    await projection.projector(failing_for(VEJLE)).apply(recorded(enrolled(VEJLE), enrolled(KOLDING)))

    assert len((await projection.document(VEJLE))["facts"]) == 1
    assert (await projection.document(KOLDING))["progress"]["stage"] == "to_orient"
    assert projection.metrics.derive_failures._value.get() == 1


async def test_rules_that_fail_leave_the_view_as_it_was(projection: Projection):
    batch = recorded(enrolled(VEJLE), example(EventName.AgreementSent))
    await projection.projector().apply(batch[:1])
    before = (await projection.document(VEJLE))["progress"]

    await projection.projector(failing_for(VEJLE)).apply(batch[1:])

    assert (await projection.document(VEJLE))["progress"] == before


async def test_a_view_that_failed_is_right_once_the_rules_are_mended(projection: Projection):
    batch = recorded(enrolled(VEJLE), example(EventName.AgreementSent))
    await projection.projector(failing_for(VEJLE)).apply(batch[:1])

    await projection.projector().apply(batch[1:])

    assert (await projection.document(VEJLE))["progress"]["stage"] == "to_sign"


async def test_a_document_is_bounded_even_where_its_rules_fail(projection: Projection):
    events = [
        example(EventName.StakeholderOriented, id=f"oriented-{number}", municipality=VEJLE) for number in range(2_050)
    ]
    batch = [enrolled(VEJLE), *events]
    places = recorded(*batch)

    for start in range(0, len(places), 300):
        await projection.projector(failing_for(VEJLE)).apply(places[start : start + 300])

    assert len((await projection.document(VEJLE))["facts"]) == 2_000
    assert len(await projection.parked_places()) == 51


async def test_a_record_parked_twice_is_kept_once(projection: Projection):
    [record] = recorded(enrolled(VEJLE))
    tombstone = record._replace(value=None)

    for _ in range(2):
        await projection.projector().apply([tombstone])

    assert await projection.parked_places() == [f"{record.topic}-0-0"]


async def test_every_generation_is_written_and_the_live_one_last(
    projection: Projection, monkeypatch: pytest.MonkeyPatch
):
    await projection.store.repoint(Generation("progress_1"), Generation("progress_2", ("progress_1",)))
    written: list[str] = []
    write = projection.store.write

    async def noted(collection: str, writes: Any, mark: str) -> set[str]:
        written.append(collection)
        return await write(collection, writes, mark)

    monkeypatch.setattr(projection.store, "write", noted)
    await projection.projector().apply(recorded(enrolled(VEJLE)))

    assert written == ["progress_1", "progress_2"]
    assert await projection.everything("progress_1") == await projection.everything("progress_2")


async def test_a_database_that_is_away_is_said_so():
    client = connect("mongodb://127.0.0.1:1/", timeout_s=0.2)
    projection = Projection(client["nowhere"])

    with pytest.raises(StoreUnavailableError):
        await projection.projector().apply(recorded(enrolled(VEJLE)))
    await client.close()
