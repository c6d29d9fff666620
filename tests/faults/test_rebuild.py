"""A rebuild makes the documents anew from the log, whatever became of them, and whatever becomes of the rebuild."""

import asyncio
import multiprocessing
import os
import signal
from typing import Any

import pytest

from contracts.refusals import Reason
from services.chassis import clock
from services.chassis.errors import KlarmeldError
from services.chassis.projection.generations import rolled_back
from services.chassis.projection.journal import Journal, breaks
from services.chassis.projection.target import reached
from services.chassis.replay import crew
from services.chassis.replay.comparison import Kind
from services.chassis.replay.rebuild import rebuild
from services.chassis.replay.rebuild_changes import changes
from services.chassis.replay.rollback import roll_back
from services.chassis.replay.share_process import NICER
from services.chassis.replay.shares import Asked
from services.chassis.replay.verify import verify
from tests.faults.events import CODES, orientations
from tests.faults.operating import in_silence, killed_at, pointer, rebuilt, signed, stored, target_of, verified
from tests.faults.poison import poison
from tests.faults.trial import Trial

MOMENTS = ("after_fold", "after_also", "after_follow", "before_swap", "after_swap")


async def test_a_rebuild_of_what_was_right_changes_no_byte(told: Trial):
    before = await stored(told, "progress_1")

    done = await rebuilt(told)

    assert done.change is not None
    assert (done.new.differences, done.old.differences) == ([], [])
    assert await pointer(told) == {"live": "progress_2", "also": ["progress_1"]}
    assert await stored(told, "progress_2") == before


@pytest.mark.parametrize(
    ("worth", "room"), [(0, 10**9), (50_000, 40_000), (0, 40_000)], ids=["processes", "parts", "parts in processes"]
)
async def test_documents_are_the_same_however_the_work_is_shared_out(
    told: Trial, monkeypatch: pytest.MonkeyPatch, worth: int, room: int
):
    await told.tell(orientations(told.rollout, 2_040, code=CODES[5]))
    await told.caught_up()
    before = await stored(told, "progress_1")
    monkeypatch.setattr(crew, "WORTH_A_PROCESS", worth)
    monkeypatch.setattr(crew, "_room", lambda *_, **__: room)

    done = await rebuilt(told)
    report = await verified(told)

    assert done.new.differences == []
    assert await stored(told, "progress_2") == before
    assert report.judgement == done.new


async def test_a_process_that_is_killed_ends_the_command_with_a_sentence(told: Trial, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(crew, "WORTH_A_PROCESS", 0)

    killed: list[int] = []

    def kill_one(*_: object) -> None:
        # the first word of either: the other has its work before it still, or has at least its end to tell
        if not killed:
            killed.extend(each.pid or 0 for each in multiprocessing.active_children())
            for pid in killed:
                os.kill(pid, signal.SIGKILL)

    with pytest.raises(KlarmeldError, match="start the command again"):
        await verify(target_of(told), Asked(clock.now_ms()), tell=kill_one)

    assert multiprocessing.active_children() == []


async def test_ctrl_c_is_for_the_command_to_answer_and_not_for_its_processes(
    told: Trial, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(crew, "WORTH_A_PROCESS", 0)
    interrupted: list[int] = []

    def interrupt_all(*_: object) -> None:
        # the first word of either: the other may still be on its way up
        if not interrupted:
            interrupted.extend(each.pid or 0 for each in multiprocessing.active_children())
            for pid in interrupted:
                os.kill(pid, signal.SIGINT)

    report = await verify(target_of(told), Asked(clock.now_ms()), tell=interrupt_all)

    assert interrupted
    assert report.judgement.differences == []


async def test_its_processes_leave_the_processor_to_who_serves_readers(told: Trial, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(crew, "WORTH_A_PROCESS", 0)
    ours, seen = os.getpriority(os.PRIO_PROCESS, 0), set[int]()

    def look(*_: object) -> None:
        children = multiprocessing.active_children()
        seen.update(os.getpriority(os.PRIO_PROCESS, each.pid) for each in children if each.pid)

    await verify(target_of(told), Asked(clock.now_ms()), tell=look)

    assert max(seen) == min(19, ours + NICER)


async def test_a_rebuild_mends_what_was_damaged(told: Trial, database: Any):
    right = await stored(told, "progress_1")
    await database.progress_1.delete_one({"_id": f"{told.rollout}:{CODES[0]}"})
    await database.progress_1.update_one(
        {"_id": f"{told.rollout}:{CODES[1]}"}, {"$set": {"facts": {}, "progress.stage": "receiving"}}
    )

    done = await rebuilt(told)

    assert {each.kind for each in done.old.differences} >= {Kind.MISSING_DOCUMENT, Kind.MISSING_FACT}
    assert await stored(told, "progress_2") == right
    assert (await verified(told)).agrees


async def test_a_dropped_database_is_restored_byte_for_byte(told: Trial, database: Any):
    await told.tell(poison(told.rollout).values())
    await told.caught_up()
    right = await stored(told, "progress_1")
    parked = {each["_id"] async for each in database.parked.find()}
    await database.client.drop_database(database.name)

    done = await rebuilt(told)

    assert done.change is not None
    assert await stored(told, "progress_2") == right
    assert {each["_id"] async for each in database.parked.find()} == parked


async def test_after_a_rebuild_of_a_dropped_database_the_service_goes_on(told: Trial, database: Any):
    await database.client.drop_database(database.name)
    await rebuilt(told)

    await told.tell(orientations(told.rollout, 50))
    await told.caught_up()

    assert (await verified(told)).agrees


async def test_the_steps_at_which_it_is_killed_are_all_that_a_rebuild_names(told: Trial):
    named: list[str] = []
    await rebuild(target_of(told), Asked(clock.now_ms()), signed(), tell=in_silence, moment=named.append)

    assert named == list(MOMENTS)


@pytest.mark.parametrize("moment", MOMENTS)
async def test_killed_at_any_step_one_generation_serves_and_the_next_try_finishes(
    told: Trial, database: Any, moment: str
):
    await database.progress_1.delete_one({"_id": f"{told.rollout}:{CODES[0]}"})
    assert await killed_at(told, moment) == -signal.SIGKILL
    between = await pointer(told)
    await told.tell(orientations(told.rollout, 20))

    done = await rebuilt(told)
    await told.caught_up()

    assert between["live"] == ("progress_2" if moment == "after_swap" else "progress_1")
    assert done.change is not None
    assert (await verified(told)).agrees
    assert await database.rebuilds.count_documents({}) == 0


async def test_killed_in_the_middle_of_folding_the_half_made_generation_goes(told: Trial, database: Any):
    await database.progress_2.insert_one({"_id": f"{told.rollout}:{CODES[0]}", "facts": {}})
    await database.rebuilds.insert_one(
        {"_id": "rebuild", "attempt": "x", "collection": "progress_2", "phase": "folding", "fence": [], "began": ""}
    )

    await rebuilt(told)

    assert await pointer(told) == {"live": "progress_3", "also": ["progress_1"]}
    assert "progress_2" not in await database.list_collection_names()


async def test_of_two_rebuilds_at_once_one_finishes_and_nothing_is_wrong(told: Trial):
    outcomes = await asyncio.gather(rebuilt(told), rebuilt(told), return_exceptions=True)
    if all(isinstance(each, Exception) for each in outcomes):
        outcomes = [await rebuilt(told)]

    assert any(not isinstance(each, BaseException) and each.change for each in outcomes)
    assert (await verified(told)).agrees


async def test_a_generation_that_is_not_what_the_log_says_does_not_become_live(told: Trial, database: Any):
    await killed_at(told, "after_follow")
    await database.progress_2.update_one({"_id": f"{told.rollout}:{CODES[0]}"}, {"$set": {"facts.x": {"body": "{}"}}})

    done = await rebuilt(told)

    assert done.change is None
    assert [each.kind for each in done.new.differences] == [Kind.CHANGED_FACT]
    assert (await pointer(told))["live"] == "progress_1"


async def test_a_full_document_keeps_the_facts_that_it_has(told: Trial, database: Any):
    await told.tell(orientations(told.rollout, 2_040, code=CODES[5]))
    await told.caught_up()
    key = f"{told.rollout}:{CODES[5]}"
    held = (await stored(told, "progress_1"))[key]["facts"]
    left_out = {each["_id"] async for each in database.parked.find({"reason": Reason.TOO_MANY_FACTS})}
    await database.parked.delete_many({})

    done = await rebuilt(told)

    assert (await stored(told, done.collection))[key]["facts"] == held
    assert len(left_out) >= 40
    assert {each["_id"] async for each in database.parked.find({"reason": Reason.TOO_MANY_FACTS})} == left_out


async def test_every_change_is_in_the_journal_with_who_and_why(told: Trial, database: Any):
    await rebuilt(told, "the wind")
    async with reached(target_of(told)) as subject:
        await roll_back(subject, await rolled_back(subject), signed("the sea"), tell=in_silence)
        entries = await Journal(subject.database).entries()

    assert [(each.what, each.who, each.why) for each in entries] == [
        ("rebuild: progress_2 is written too", "somebody", "the wind"),
        ("rebuild", "somebody", "the wind"),
        ("rollback", "somebody", "the sea"),
    ]
    assert entries[1].before == {"live": "progress_1", "also": ["progress_2"]}
    assert (entries[1].after["live"], entries[1].after["also"]) == ("progress_2", ["progress_1"])
    assert list(breaks(entries)) == []


async def test_what_would_change_is_shown_by_municipality_and_value_and_nothing_is_written(told: Trial, database: Any):
    own, lost = (f"{told.rollout}:{code}" for code in CODES[:2])
    stage = (await stored(told, "progress_1"))[own]["progress"]["stage"]
    await database.progress_1.update_one({"_id": own}, {"$set": {"progress.stage": "nowhere"}})
    await database.progress_1.delete_one({"_id": lost})
    before = await stored(told, "progress_1")

    found = await changes(target_of(told), Asked(clock.now_ms()), tell=in_silence)

    assert [tuple(each) for each in found if each.document == own] == [(own, "stage", "nowhere", stage)]
    assert {each.before for each in found if each.document == lost} == {None}
    assert {each.document for each in found} == {own, lost}
    assert await stored(told, "progress_1") == before
    assert await pointer(told) == {"live": "progress_1", "also": []}


async def test_a_fact_that_a_rollout_has_lost_would_change_its_municipalities(told: Trial, database: Any):
    whole = f"{told.rollout}:*"
    facts = (await stored(told, "progress_1"))[whole]["facts"]
    lost = {f"facts.{key}": 1 for key, fact in facts.items() if "Guidance" in fact["type"]}
    await database.progress_1.update_one({"_id": whole}, {"$unset": lost})
    for code in CODES[:4]:
        untold = {"progress.tracks.information.guidance": "none"}
        await database.progress_1.update_one({"_id": f"{told.rollout}:{code}"}, {"$set": untold})

    found = await changes(target_of(told), Asked(clock.now_ms()), tell=in_silence)

    assert {(each.document, each.before) for each in found if each.path == "tracks.information.guidance"} == {
        (f"{told.rollout}:{code}", "none") for code in CODES[:4]
    }
