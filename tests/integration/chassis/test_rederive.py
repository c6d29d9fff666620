"""Views made by older rules are derived anew from the stored facts, in every generation, without a replay."""

from typing import Any

import pytest

from contracts.codec import KafkaRecord, encode
from contracts.examples import EXAMPLES, MUNICIPALITY, ROLLOUT
from contracts.facts import document_id
from contracts.names import EventName
from contracts.progress import RULES, derive_settled
from services.chassis.metrics import Metrics
from services.chassis.projection.debts import Debts
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.parked import Parked
from services.chassis.projection.projector import Projector
from services.chassis.projection.rederive import Rederive, Rederived
from services.chassis.projection.store import Generation, Store

pytestmark = pytest.mark.stack
OWN, WHOLE = document_id(ROLLOUT, MUNICIPALITY), document_id(ROLLOUT, None)
NOW_MS = 1_790_000_000_000


@pytest.fixture
async def database(stack, prefix):
    client = connect(stack.mongo_uri, timeout_s=5)
    yield client[f"{prefix}rederive"]
    await client.drop_database(f"{prefix}rederive")
    await client.close()


@pytest.fixture
async def store(database):
    """Every example of the catalogue in two generations."""
    store = Store(database)
    await store.prepare()
    await store.repoint(Generation("progress_1"), Generation("progress_1", ("progress_0",)))
    parked, metrics = Parked(database), Metrics()
    projector = Projector(store=store, parked=parked, derive=derive_settled, metrics=metrics, moment=lambda _: None)
    told = (each for name, each in EXAMPLES.items() if name is not EventName.FactRetracted)
    await projector.apply([record(offset, event) for offset, event in enumerate(told)])
    return store


def record(offset: int, event: Any) -> KafkaRecord:
    message = encode(event)
    return KafkaRecord(message.topic, 0, offset, NOW_MS, message.key, message.value, message.headers)


def rederive_of(store: Store, derive=derive_settled) -> Rederive:
    return Rederive(store=store, derive=derive, metrics=Metrics())


async def progress(store: Store, collection: str, key: str = OWN) -> Any:
    [document] = await store.documents(collection, [key])
    return document.progress


@pytest.mark.parametrize("collection", ["progress_1", "progress_0"])
async def test_a_view_made_by_older_rules_is_derived_anew_in_every_generation(store, collection):
    right = await progress(store, collection)
    older = {"$set": {"progress.rules": RULES - 1, "progress.stage": "to_orient"}}
    await store.collection(collection).update_one({"_id": OWN}, older)
    rederive = rederive_of(store)

    assert await rederive.sweep()

    assert await progress(store, collection) == right
    assert rederive.state == Rederived(1, 1)


async def test_what_the_rules_of_today_have_made_is_left_alone(store):
    rederive = rederive_of(store)

    assert not await rederive.sweep()

    assert rederive.state == Rederived(0, 0)


async def test_a_view_that_a_replica_with_older_rules_could_not_replace_is_derived_anew(store):
    right = await progress(store, "progress_1")
    await store.collection("progress_1").update_one({"_id": OWN}, {"$inc": {"progress.held": -1, "progress.facts": -1}})

    await rederive_of(store).sweep()

    assert await progress(store, "progress_1") == right


async def test_a_view_that_is_owed_is_left_to_who_makes_those(store):
    owing = {"$set": {"owed": True, "progress.rules": RULES - 1}}
    await store.collection("progress_1").update_one({"_id": OWN}, owing)
    rederive, debts = rederive_of(store), Debts(store=store, derive=derive_settled, metrics=Metrics())

    await rederive.sweep()
    left = (await progress(store, "progress_1"))["rules"]
    await debts.settle()

    assert (left, (await progress(store, "progress_1"))["rules"]) == (RULES - 1, RULES)
    assert rederive.state == Rederived(0, 0)


async def test_with_a_rollouts_own_document_all_of_its_municipalities_are_derived_anew(store):
    right = await progress(store, "progress_1")
    await store.collection("progress_1").update_one({"_id": WHOLE}, {"$inc": {"progress.held": -1}})
    await store.collection("progress_1").update_one({"_id": OWN}, {"$inc": {"progress.facts": -1}})

    await rederive_of(store).sweep()

    assert await progress(store, "progress_1") == right


async def test_a_document_whose_rules_fail_holds_up_no_other(store):
    await store.collection("progress_1").update_many({}, {"$set": {"progress.rules": RULES - 1}})

    def failing(*_: Any) -> dict[str, Any]:
        raise LookupError

    rederive = rederive_of(store, failing)
    await rederive.sweep()

    assert (await progress(store, "progress_1", WHOLE))["rules"] == RULES
    assert (await progress(store, "progress_1"))["rules"] == RULES - 1
    assert rederive.state == Rederived(2, 2)


async def test_a_view_made_by_newer_rules_stays(store):
    await store.collection("progress_1").update_one({"_id": OWN}, {"$set": {"progress.rules": RULES + 1}})

    await rederive_of(store).sweep()

    assert (await progress(store, "progress_1"))["rules"] == RULES + 1
