"""The store's promises, on the real MongoDB."""

from asyncio import gather
from itertools import count, permutations

import pytest

from contracts.facts import Fact, document_id, fact_key
from services.chassis.errors import StoreUnavailableError
from services.chassis.projection import store as store_module
from services.chassis.projection.documents import Union, header
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.store import Generation, Store

pytestmark = pytest.mark.stack
ROLLOUT = "efaktura-8b"
numbers = count()


@pytest.fixture
async def store(stack):
    client = connect(stack.mongo_uri, timeout_s=5)
    name = f"store_{next(numbers)}"
    store = Store(client[name])
    await store.prepare()
    yield store
    await client.drop_database(name)
    await client.close()


def fact(number: int, *, recorded: int = 1_000, offset: int = 0, partition: int = 0) -> Fact:
    return Fact(
        recorded, "klarmeld.tasks", partition, offset, "/klarmeld/tasks", f"e-{number}",
        "dk.klarmeld.StakeholderOriented.v1", "erp_dialog", "2026-02-01T09:00:00.000000Z", '{"role":"erp_dialog"}',
    )  # fmt: skip


def union(*facts: Fact, municipality: str = "0630") -> Union:
    held = {fact_key(each): each for each in facts}
    positions = {f"tasks-{each.partition}": each.offset for each in facts}
    return Union(document_id(ROLLOUT, municipality), ROLLOUT, municipality, held, positions)


async def only_document(store: Store):
    generation = await store.generation()
    [document] = await store.documents(generation.live, [document_id(ROLLOUT, "0630")])
    return document


async def merge(store: Store, *unions: Union) -> None:
    generation = await store.generation()
    for each in unions:
        await store.union(generation.live, [each])


async def test_a_new_store_has_one_live_generation(store):
    assert await store.generation() == Generation("progress_1", ())


async def test_preparing_twice_changes_nothing(store):
    before = await store.generation()
    await store.prepare()
    assert await store.generation() == before


async def test_facts_of_more_documents_than_are_sent_at_once_are_all_added(store, monkeypatch):
    monkeypatch.setattr(store_module, "AT_ONCE", 2)
    codes = ["0101", "0147", "0151", "0153", "0155"]
    generation = await store.generation()
    await store.union(generation.live, [union(fact(1), municipality=code) for code in codes], owing=True)
    added = await store.of_rollouts(generation.live, [ROLLOUT])
    assert sorted(each.municipality for each in added if each.owed and len(each.facts) == 1) == codes


async def test_a_fact_told_twice_is_held_once_at_its_first_place(store):
    late, early = fact(1, recorded=2_000, offset=9), fact(1, recorded=1_000, offset=4)
    await merge(store, union(late), union(early), union(late))
    document = await only_document(store)
    assert list(document.facts.values()) == [early]
    assert document.positions == {"tasks-0": 9}


async def test_any_order_of_unions_gives_the_same_document(store):
    unions = [
        union(fact(1, recorded=1_000, partition=2, offset=1)),
        union(fact(1, recorded=1_000, partition=1, offset=8), fact(2, offset=5)),
        union(fact(3, recorded=500, offset=7)),
        union(fact(2, recorded=1_000, partition=0, offset=4)),
    ]
    seen = []
    generation = await store.generation()
    for order in permutations(unions):
        await merge(store, *order)
        document = await only_document(store)
        seen.append((dict(sorted(document.facts.items())), dict(sorted(document.positions.items()))))
        await store.collection(generation.live).delete_many({})
    assert all(each == seen[0] for each in seen)
    assert {each.place for each in seen[0][0].values()} == {
        (1_000, "klarmeld.tasks", 1, 8), (1_000, "klarmeld.tasks", 0, 4), (500, "klarmeld.tasks", 0, 7)
    }  # fmt: skip


async def test_the_view_made_from_more_facts_stays_whoever_writes_last(store):
    await merge(store, union(fact(1), fact(2)))
    generation = await store.generation()
    key = document_id(ROLLOUT, "0630")
    more, fewer = header(1, [fact(1), fact(2)], []), header(1, [fact(1)], [])
    await store.write_progress(generation.live, {key: {**more, "stage": "to_sign"}})
    await store.write_progress(generation.live, {key: {**fewer, "stage": "to_orient"}})
    assert (await only_document(store)).progress["stage"] == "to_sign"


async def test_the_view_made_by_newer_rules_stays_whatever_the_facts(store):
    await merge(store, union(fact(1), fact(2)))
    generation = await store.generation()
    key = document_id(ROLLOUT, "0630")
    await store.write_progress(generation.live, {key: {**header(2, [fact(1)], []), "stage": "new"}})
    await store.write_progress(generation.live, {key: {**header(1, [fact(1), fact(2)], []), "stage": "old"}})
    assert (await only_document(store)).progress["stage"] == "new"


async def test_of_two_views_of_equally_many_facts_the_one_that_knows_the_earlier_place_stays(store):
    late, early = fact(1, recorded=2_000), fact(1, recorded=1_000)
    await merge(store, union(early))
    generation = await store.generation()
    key = document_id(ROLLOUT, "0630")
    await store.write_progress(generation.live, {key: {**header(1, [early], []), "stage": "right"}})
    await store.write_progress(generation.live, {key: {**header(1, [late], []), "stage": "wrong"}})
    assert (await only_document(store)).progress["stage"] == "right"


async def test_repointing_needs_the_generation_that_the_caller_saw(store):
    first = await store.generation()
    second = Generation("progress_2", ("progress_1",))
    assert await store.repoint(first, second)
    assert not await store.repoint(first, Generation("progress_3", ()))
    assert await store.generation() == second


async def test_a_rollout_is_known_from_its_first_fact(store):
    live = (await store.generation()).live
    assert not await store.knows_rollout(live, ROLLOUT)
    await merge(store, union(fact(1)))
    assert await store.knows_rollout(live, ROLLOUT)


async def test_an_ean_of_another_municipality_is_found_without_naming_it(store):
    live = (await store.generation()).live
    view = {"tracks": {"forwarding": {"eans": {"5798009811578": "configured"}}}}
    await merge(store, union(fact(1), municipality="0630"), union(fact(2), municipality="0661"))
    for code, number in (("0630", 1), ("0661", 2)):
        await store.write_progress(live, {document_id(ROLLOUT, code): {**header(1, [fact(number)], []), **view}})
    found = await store.elsewhere(live, ROLLOUT, "0630", ["5798000416604", "5798009811578"])
    assert found == ["5798009811578"]


async def test_a_database_that_is_away_is_an_error_of_ours():
    client = connect("mongodb://127.0.0.1:1/", timeout_s=0.2)
    with pytest.raises(StoreUnavailableError, match="MongoDB"):
        await Store(client["nowhere"]).generation()
    await client.close()


async def test_what_is_written_at_once_is_written_whole_or_not_at_all(store):
    first = await store.generation()

    async def work(session):
        assert await store.repoint(first, Generation("progress_2", ("progress_1",)), session=session)
        raise LookupError

    with pytest.raises(LookupError):
        await store.at_once(work)
    assert await store.generation() == first


async def test_of_two_that_repoint_at_once_the_second_sees_what_the_first_did(store):
    first = await store.generation()

    async def work(session):
        return await store.repoint(first, Generation("progress_2", ("progress_1",)), session=session)

    assert sorted(await gather(*[store.at_once(work) for _ in range(4)])) == [False, False, False, True]


def with_agreement(agreement_id: str, state: str, sign_by: str | None) -> dict:
    agreements = [{"agreement_id": agreement_id, "state": state, "sign_by": sign_by}]
    return {**header(1, [fact(1)], []), "tracks": {"agreement": {"agreements": agreements}}}


async def test_an_agreement_is_found_by_its_id_wherever_it_stands(store):
    live = (await store.generation()).live
    await merge(store, union(fact(1)), union(fact(1), municipality="0101"), union(fact(1), municipality="0661"))
    same, other = with_agreement("AG-1", "sent", None), with_agreement("AG-2", "sent", None)
    await store.write_progress(live, {f"{ROLLOUT}:0630": same, f"{ROLLOUT}:0101": same, f"{ROLLOUT}:0661": other})
    assert await store.places_of_agreement(live, "AG-1") == [(ROLLOUT, "0101"), (ROLLOUT, "0630")]
    assert await store.places_of_agreement(live, "AG-9") == []


@pytest.mark.parametrize(
    ("state", "sign_by", "found"),
    [
        ("sent", "2026-03-31", True),
        ("sent", "2026-04-01", False),
        ("sent", None, False),
        ("signed", "2026-03-31", False),
    ],
)
async def test_an_agreement_is_overdue_when_it_is_open_and_its_day_is_over(store, state, sign_by, found):
    live = (await store.generation()).live
    await merge(store, union(fact(1)))
    await store.write_progress(live, {f"{ROLLOUT}:0630": with_agreement("AG-1", state, sign_by)})
    overdue = await store.with_overdue_agreements(live, {"sent"}, "2026-04-01")
    assert [each.municipality for each in overdue] == (["0630"] if found else [])
