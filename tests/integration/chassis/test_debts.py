"""Views that are owed: a service that is far behind adds facts alone, and makes the views when it is level."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from contracts.codec import KafkaRecord, NewEvent, encode
from contracts.examples import EXAMPLES, ROLLOUT, example
from contracts.facts import document_id
from contracts.names import EventName
from contracts.progress import derive_settled
from contracts.settle import Settled
from services.chassis.errors import StoreUnavailableError
from services.chassis.log.consumer import BEHIND
from services.chassis.projection import debts as debts_module
from services.chassis.projection import projector as projector_module
from services.chassis.projection.debts import Debts
from services.chassis.projection.mongo_client import connect
from services.chassis.projection.store import FIRST, Generation
from services.chassis.queries.views import Views
from tests.far_behind import Behind

pytestmark = pytest.mark.stack
VEJLE, KOLDING = "0630", "0621"
RECORDED = 1_798_675_200_000


@pytest.fixture
async def behind(stack, prefix, monkeypatch) -> AsyncIterator[Behind]:
    monkeypatch.setattr(projector_module, "BEHIND", 1)
    client = connect(stack.mongo_uri, timeout_s=5)
    behind = Behind(client[f"{prefix}debts"])
    await behind.store.prepare()
    await behind.parked.prepare()
    yield behind
    await client.drop_database(f"{prefix}debts")
    await client.close()


def record(event: NewEvent, offset: int) -> KafkaRecord:
    message = encode(event)
    return KafkaRecord(message.topic, 0, offset, RECORDED + offset, message.key, message.value, message.headers)


def enrolled(code: str, offset: int) -> KafkaRecord:
    return record(example(EventName.MunicipalityEnrolled, municipality=code, id=f"enrolled-{code}"), offset)


ENROLLED = enrolled(VEJLE, 0)
SENT = record(example(EventName.AgreementSent), 1)
GUIDANCE = record(EXAMPLES[EventName.GuidancePublished], 2)
OWN, OTHER, WHOLE = (document_id(ROLLOUT, code) for code in (VEJLE, KOLDING, None))


async def test_facts_are_there_before_their_view_is(behind: Behind):
    await behind.told(ENROLLED, SENT)

    assert len((await behind.held())[OWN].facts) == 2
    assert await behind.owing() == {OWN}
    assert await behind.stale() == {OWN: ["the document has no progress"]}


async def test_settled_views_are_those_of_a_service_that_was_never_behind(behind: Behind):
    records = [record(event, offset) for offset, event in enumerate(EXAMPLES.values())]
    await behind.told(*records[:20])
    await behind.told(*records[10:])

    await behind.debts.settle()

    assert await behind.owing() == set()
    assert await behind.stale() == {}
    await behind.told_when_level(*records)
    assert await behind.stale() == {}


async def test_what_is_no_fact_is_parked_from_among_facts_that_owe_their_views(behind: Behind):
    records = [record(event, offset) for offset, event in enumerate(EXAMPLES.values())]
    nothing = [each._replace(value=None, offset=each.offset + 100) for each in records[:5]]

    await behind.told(*nothing, *records, *nothing)

    assert sum(len(each.facts) for each in (await behind.held()).values()) == len(records)
    assert [each["offset"] async for each in behind.parked._records.find().sort("offset")] == [100, 101, 102, 103, 104]
    await behind.debts.settle()
    assert await behind.stale() == {}


@pytest.mark.parametrize("cut", [1_500, 2_050], ids=["two batches", "one batch"])
async def test_a_document_is_bounded_while_the_service_is_behind(behind: Behind, cut: int):
    oriented = EventName.StakeholderOriented
    records = [
        record(example(oriented, municipality=VEJLE, id=f"oriented-{number}"), number) for number in range(2_050)
    ]

    await behind.told(*records[:cut])
    await behind.told(*records[cut:])

    assert len((await behind.held())[OWN].facts) == 2_000
    assert await behind.parked._records.count_documents({"reason": "too_many_facts"}) == 50


async def test_a_reader_sees_facts_whose_view_is_owed(behind: Behind):
    await behind.told(ENROLLED, SENT)

    views = Views(store=behind.store, derive=derive_settled, shows_ean_conflicts=False)
    shown = await views.shown(ROLLOUT, VEJLE)

    assert shown.view["progress"]["stage"] == "to_sign"


async def test_a_batch_that_comes_when_the_service_is_level_pays_the_debt(behind: Behind):
    await behind.told(ENROLLED)

    await behind.told_when_level(SENT)

    assert await behind.owing() == set()
    assert await behind.stale() == {}


async def test_a_fact_of_the_rollout_makes_every_view_of_it_owed(behind: Behind):
    await behind.told_when_level(ENROLLED, enrolled(KOLDING, 9))

    await behind.told(GUIDANCE)

    assert await behind.owing() == {OWN, OTHER, WHOLE}
    await behind.debts.settle()
    assert await behind.stale() == {}


@pytest.mark.parametrize("step", ["owed", "documents"])
@pytest.mark.parametrize("told", [SENT, GUIDANCE], ids=["its own fact", "its rollout's fact"])
async def test_a_view_that_was_made_without_what_came_meanwhile_stays_owed(
    behind: Behind, step: str, told: KafkaRecord
):
    await behind.told(ENROLLED, enrolled(KOLDING, 9))
    behind.store.happens[step] = lambda: behind.told(told)

    await behind.debts.settle()

    assert OWN in await behind.owing()
    assert behind.debts.open
    await behind.debts.settle()
    assert await behind.owing() == set()
    assert await behind.stale() == {}


async def test_nothing_is_owed_while_another_generation_is_written_too(behind: Behind):
    await behind.store.repoint(FIRST, Generation("progress_2", (FIRST.live,)))

    await behind.told(ENROLLED, SENT)

    assert await behind.store.count_owed("progress_2") == await behind.store.count_owed(FIRST.live) == 0


async def test_rules_that_fail_are_not_tried_for_ever(behind: Behind):
    def failing(_own: Settled, _rollout: Settled) -> dict[str, Any]:
        raise ZeroDivisionError

    await behind.told(ENROLLED)

    await behind.another_process(failing).settle()

    assert await behind.owing() == set()
    assert behind.metrics.derive_failures._value.get() == 1


async def test_a_process_settles_what_one_before_it_has_left(behind: Behind):
    await behind.told(ENROLLED, SENT)

    await _watched(behind.another_process(), until=lambda: _no_owing(behind))

    assert await behind.stale() == {}


async def test_a_debt_is_settled_once_no_batch_shows_that_the_service_is_behind(behind: Behind, monkeypatch):
    monkeypatch.setattr(debts_module, "LEVEL_S", 0.05)
    await behind.told(ENROLLED, SENT)
    assert behind.debts.open

    await _watched(behind.debts, until=lambda: _closed(behind.debts))

    assert await behind.stale() == {}
    assert behind.metrics.views_owed._value.get() == 0


async def test_while_the_service_is_behind_nothing_is_settled_but_what_has_been_owed_for_long(
    behind: Behind, monkeypatch
):
    await behind.debts.settle()
    with behind.debts.growing():
        await behind.told(ENROLLED)
        assert not behind.debts._due()

        monkeypatch.setattr(debts_module, "LONGEST_S", 0.0)
        await asyncio.sleep(0.01)

        assert behind.debts._due()


async def test_between_two_batches_the_service_is_not_level_while_records_are_known_to_wait(
    behind: Behind, monkeypatch
):
    monkeypatch.setattr(debts_module, "LEVEL_S", 0.0)
    waiting = BEHIND
    debts = behind.another_process(waiting=lambda: waiting)
    await debts.settle()
    await behind.told(ENROLLED, debts=debts)
    await asyncio.sleep(0.01)
    assert not debts._due()

    waiting = BEHIND - 1

    assert debts._due()


async def test_what_is_owed_is_settled_chunk_by_chunk(behind: Behind, monkeypatch):
    monkeypatch.setattr(debts_module, "CHUNK", 2)
    codes = ["0101", "0147", "0151", KOLDING, VEJLE]
    await behind.told(*(enrolled(code, offset) for offset, code in enumerate(codes)))

    await behind.debts.settle()

    assert await behind.owing() == set()
    assert await behind.stale() == {}


async def test_a_settling_that_fails_leaves_its_debts_to_the_next(behind: Behind, monkeypatch):
    monkeypatch.setattr(debts_module, "CHUNK", 1)
    await behind.told(ENROLLED, enrolled(KOLDING, 9))

    async def away() -> None:
        raise StoreUnavailableError("away")

    behind.store.happens["documents"] = away

    with pytest.raises(StoreUnavailableError):
        await behind.debts.settle()

    assert await behind.owing() == {OWN, OTHER}
    await behind.debts.settle()
    assert await behind.owing() == set()


async def _no_owing(behind: Behind) -> bool:
    return not await behind.owing()


async def _closed(debts: Debts) -> bool:
    return not debts.open


async def _watched(debts: Debts, *, until: Callable[[], Awaitable[bool]]) -> None:
    """Let `debts` be watched until something is so."""
    watching = asyncio.create_task(debts.watch())
    try:
        async with asyncio.timeout(20):
            while not await until():
                await asyncio.sleep(0.02)
    finally:
        watching.cancel()
        await asyncio.wait({watching})
