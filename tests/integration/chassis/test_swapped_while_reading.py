"""A reader between two generations: it never sees what the live one does not hold yet, on the real database."""

from types import SimpleNamespace

import pytest

from contracts.facts import Fact, document_id, fact_key
from services.agreements.expiry import expire
from services.agreements.lookup import Located
from services.chassis.errors import NotFoundError
from services.chassis.projection.documents import Union
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.store import Generation, Store
from services.chassis.projection.stored_views import stored_views
from services.chassis.queries import overview
from services.chassis.queries.views import Views
from services.tasks.progress import derive

ROLLOUT, CODE = "swapped-8b", "0630"
FIRST, SECOND = Generation("progress_1"), Generation("progress_2", ("progress_1",))


def union(number: int, code: str | None = CODE) -> Union:
    fact = Fact(
        1_000 + number, "klarmeld.tasks", 0, number, "/klarmeld/tasks", f"e-{number}",
        "dk.klarmeld.StakeholderOriented.v1", "erp_dialog", "2026-02-01T09:00:00.000000Z", '{"role":"erp_dialog"}',
    )  # fmt: skip
    return Union(document_id(ROLLOUT, code), ROLLOUT, code or "*", {fact_key(fact): fact}, {"tasks-0": number})


class SwappedMeanwhile(Store):
    """Makes the second generation live after a reader's look at the pointer, then writes to the first."""

    swapped = False

    async def documents(self, collection, ids):
        await self.swap()
        return await super().documents(collection, ids)

    async def swap(self):
        if not self.swapped:
            self.swapped = True
            assert await self.repoint(FIRST, SECOND)
            for code in (CODE, None):
                await self.union(FIRST.live, [union(2, code)])


@pytest.fixture
async def store(stack, prefix):
    client = connect(stack.mongo_uri, timeout_s=5)
    store = SwappedMeanwhile(client[f"{prefix}swapped"])
    await store.prepare()
    for collection in (FIRST.live, SECOND.live):
        await store.prepare_collection(collection)
        for code in (CODE, None):
            await store.union(collection, [union(1, code)])
    yield store
    await client.drop_database(f"{prefix}swapped")
    await client.close()


async def test_a_view_that_was_begun_before_the_swap_is_of_the_generation_that_is_live_after_it(store):
    views = Views(store=store, derive=derive, shows_ean_conflicts=False)
    first = await views.pair(ROLLOUT, CODE)
    second = await views.pair(ROLLOUT, CODE)
    assert store.swapped
    assert first.positions == second.positions == {"tasks-0": 1}
    assert first.own.facts.keys() <= second.own.facts.keys()


async def test_a_rollouts_own_document_does_not_go_back_either(store):
    views = Views(store=store, derive=derive, shows_ean_conflicts=False)
    first = await views.whole(ROLLOUT)
    assert store.swapped
    assert first.positions == (await views.whole(ROLLOUT)).positions == {"tasks-0": 1}


async def test_the_overview_is_read_again_when_another_generation_became_live(store, monkeypatch):
    read = []

    async def swapped_meanwhile(store, collection, rollout, fields):
        read.append(collection)
        await store.swap()
        return await stored_views(store, collection, rollout, fields)

    monkeypatch.setattr(overview, "stored_views", swapped_meanwhile)
    await overview.Overviews(store=store, derive=derive).of(ROLLOUT)
    assert read == [FIRST.live, SECOND.live]


async def test_a_reader_looks_in_the_new_generation_although_the_one_it_knew_is_gone(store):
    views = Views(store=store, derive=derive, shows_ean_conflicts=False)
    await views.pair(ROLLOUT, CODE)
    assert await store.repoint(SECOND, Generation("progress_3"))
    await store.union("progress_3", [union(1), union(3)])
    await store.collection(SECOND.live).drop()
    assert (await views.pair(ROLLOUT, CODE)).positions == {"tasks-0": 3}


class SwappedWhileLookingUp(Store):
    """Makes the second generation live after a look-up's look at the pointer; notes where is looked."""

    def __init__(self, database):
        super().__init__(database)
        self.read = []

    async def places_of_agreement(self, collection, agreement_id):
        await self._noted(collection)
        return await super().places_of_agreement(collection, agreement_id)

    async def with_overdue_agreements(self, collection, states, today):
        await self._noted(collection)
        return await super().with_overdue_agreements(collection, states, today)

    async def _noted(self, collection):
        if not self.read:
            assert await self.repoint(FIRST, SECOND)
        self.read.append(collection)


@pytest.fixture
async def looked_up(stack, prefix):
    client = connect(stack.mongo_uri, timeout_s=5)
    store = SwappedWhileLookingUp(client[f"{prefix}looked_up"])
    await store.prepare()
    yield store
    await client.drop_database(f"{prefix}looked_up")
    await client.close()


async def test_an_agreement_is_looked_up_again_when_another_generation_became_live(looked_up):
    with pytest.raises(NotFoundError):
        await Located(looked_up)(SimpleNamespace(), "AG-1", None, None)
    assert looked_up.read[:2] == [FIRST.live, SECOND.live]


async def test_what_is_overdue_is_looked_for_again_when_another_generation_became_live(looked_up):
    assert await expire(SimpleNamespace(store=looked_up), "2026-05-01") == []
    assert looked_up.read == [FIRST.live, SECOND.live]
