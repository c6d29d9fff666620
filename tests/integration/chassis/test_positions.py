"""Readers who wait for a position are told of the writing itself: none of these would look again by the clock."""

import asyncio
from itertools import count

import pytest

from contracts.facts import WHOLE_ROLLOUT, Fact, document_id, fact_key
from contracts.progress import derive_settled
from services.chassis.errors import NotFoundError, PositionNotReachedError
from services.chassis.projection.documents import Union
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.store import FIRST, Store
from services.chassis.queries import positions
from services.chassis.queries.live import Live
from services.chassis.queries.positions import Position
from services.chassis.queries.views import Views

pytestmark = pytest.mark.stack
ROLLOUT, CODE, WAIT_S = "efaktura-8b", "0630", 60
FIFTH = Position("tasks-0", 5)
numbers = count()


@pytest.fixture
async def replicas(stack, monkeypatch):
    """Yield two stores of one database, each with a client of its own."""
    monkeypatch.setattr(positions, "LOOK_AFTER_S", (WAIT_S,))
    clients = [connect(stack.mongo_uri, timeout_s=10) for _ in range(2)]
    name = f"positions_{next(numbers)}"
    stores = [Store(each[name]) for each in clients]
    await stores[0].prepare()
    yield stores
    await clients[0].drop_database(name)
    for each in clients:
        await each.close()


def views_of(store: Store) -> Views:
    return Views(store=store, derive=derive_settled, shows_ean_conflicts=False)


async def wrote(store: Store, offset: int, municipality: str = CODE) -> None:
    """Write a fact, and the municipality's view as if all places so far were facts of it."""
    await added(store, offset, municipality)
    await viewed(store, offset)


async def viewed(store: Store, facts: int) -> None:
    view = {"rules": 1, "facts": facts, "held": facts, "bytes": 300}
    await store.write_progress(FIRST.live, {document_id(ROLLOUT, CODE): view})


async def added(store: Store, offset: int, municipality: str = CODE) -> None:
    fact = Fact(
        1_000, "klarmeld.tasks", 0, offset, "/klarmeld/tasks", f"e-{offset}", "dk.klarmeld.StakeholderOriented.v1",
        "erp_dialog", "2026-02-01T09:00:00.000000Z", '{"role":"erp_dialog"}',
    )  # fmt: skip
    id_ = f"{ROLLOUT}:{municipality}"
    await store.union(FIRST.live, [Union(id_, ROLLOUT, municipality, {fact_key(fact): fact}, {"tasks-0": offset})])


async def waiting(views: Views) -> asyncio.Task:
    """Return a reader who has looked once, and found less than the fifth record."""
    reader = asyncio.create_task(views.shown_after(ROLLOUT, CODE, FIFTH, WAIT_S))
    _, still = await asyncio.wait({reader}, timeout=0.5)
    assert still
    return reader


async def test_a_reader_is_woken_by_what_its_own_process_writes(replicas):
    await wrote(replicas[0], 1)
    reader = await waiting(views_of(replicas[0]))
    await wrote(replicas[0], 4)
    await wrote(replicas[0], 5)
    assert (await asyncio.wait_for(reader, WAIT_S / 2)).pair.positions == {"tasks-0": 5}


async def test_a_view_that_is_waited_for_is_shown_once_the_stored_one_includes_the_position_too(replicas):
    await added(replicas[0], 5)
    reader = await waiting(views_of(replicas[0]))
    await viewed(replicas[0], 5)
    shown = await asyncio.wait_for(reader, WAIT_S / 2)
    assert (shown.view["positions"], shown.view["progress"]["facts"]) == ({"tasks-0": 5}, 1)


async def test_a_reader_is_woken_by_what_is_written_of_the_whole_rollout(replicas):
    await wrote(replicas[0], 1)
    reader = await waiting(views_of(replicas[0]))
    await wrote(replicas[0], 5, WHOLE_ROLLOUT)
    assert (await asyncio.wait_for(reader, WAIT_S / 2)).pair.positions == {"tasks-0": 5}


async def test_a_reader_is_woken_by_what_another_replica_writes(replicas):
    await wrote(replicas[0], 1)
    watching = asyncio.create_task(Live(replicas[1]).watch())
    reader = await waiting(views_of(replicas[1]))
    await wrote(replicas[0], 5)
    for facts in count(6):  # the change stream may be opening still, and hears only of what comes later
        await viewed(replicas[0], facts)
        done, _ = await asyncio.wait({reader}, timeout=0.2)
        if done:
            break
    assert reader.result().pair.positions == {"tasks-0": 5}
    watching.cancel()


async def test_what_is_written_while_a_reader_looks_is_not_missed(replicas, monkeypatch):
    store = replicas[0]
    await wrote(store, 1)
    looked = store.documents

    async def written_meanwhile(collection, ids):
        found = await looked(collection, ids)
        monkeypatch.setattr(store, "documents", looked)
        await wrote(store, 5)
        return found

    monkeypatch.setattr(store, "documents", written_meanwhile)
    shown = await asyncio.wait_for(views_of(store).shown_after(ROLLOUT, CODE, FIFTH, WAIT_S), WAIT_S / 2)
    assert shown.pair.positions == {"tasks-0": 5}


async def test_a_reader_of_what_does_not_exist_yet_waits_for_it(replicas):
    reader = await waiting(views_of(replicas[0]))
    await wrote(replicas[0], 5)
    assert (await asyncio.wait_for(reader, WAIT_S / 2)).pair.positions == {"tasks-0": 5}


@pytest.mark.parametrize(("written", "error"), [(True, PositionNotReachedError), (False, NotFoundError)])
async def test_a_reader_who_waited_in_vain_is_told_so(replicas, written, error):
    if written:
        await wrote(replicas[0], 1)
    with pytest.raises(error):
        await views_of(replicas[0]).shown_after(ROLLOUT, CODE, FIFTH, 0.3)


async def test_nobody_is_remembered_who_waits_no_more(replicas):
    await wrote(replicas[0], 5)
    await views_of(replicas[0]).shown_after(ROLLOUT, CODE, FIFTH, WAIT_S)
    reader = asyncio.create_task(views_of(replicas[0]).whole_after(ROLLOUT, FIFTH, WAIT_S))
    await asyncio.sleep(0.1)
    reader.cancel()
    await asyncio.wait({reader})
    assert not replicas[0].arrivals._waiting
