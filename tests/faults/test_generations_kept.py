"""Generations that are kept: going back to one, dropping one, and what is built is neither."""

from typing import Any

import pytest

from services.chassis.projection.generations import drop, listed, rolled_back
from services.chassis.projection.target import reached
from services.chassis.replay.catching_up import catch_up
from services.chassis.replay.rollback import roll_back
from tests.faults.events import orientations
from tests.faults.operating import in_silence, killed_at, pointer, rebuilt, signed, stored, target_of, verified
from tests.faults.trial import Trial


async def test_going_back_is_one_write_and_loses_nothing(told: Trial):
    await rebuilt(told)
    await told.tell(orientations(told.rollout, 50))
    await told.caught_up()

    async with reached(target_of(told)) as subject:
        await roll_back(subject, await rolled_back(subject), signed(), tell=in_silence)

    assert await pointer(told) == {"live": "progress_1", "also": ["progress_2"]}
    assert (await verified(told)).agrees


async def test_going_back_takes_along_what_only_the_live_generation_shows_yet(told: Trial):
    await rebuilt(told)
    await told.children[0].stop()
    await told.tell(orientations(told.rollout, 50))
    async with reached(target_of(told)) as subject:
        start, end = await subject.reader.committed(told.group), await subject.reader.ends()
        # as a consumer leaves it that read the pointer before the swap, and has not come to progress_1 yet
        await catch_up(subject, "progress_2", start, end, in_silence)
        shown = await stored(told, "progress_2")

        await roll_back(subject, await rolled_back(subject), signed(), tell=in_silence)

    assert await pointer(told) == {"live": "progress_1", "also": ["progress_2"]}
    assert await stored(told, "progress_1") == shown


async def test_a_dropped_generation_is_written_no_more(told: Trial, database: Any):
    await rebuilt(told)

    async with reached(target_of(told)) as subject:
        await drop(subject, "progress_1", signed())
        rows = await listed(subject)
    await told.tell(orientations(told.rollout, 50))
    await told.caught_up()

    assert [(row.name, row.role) for row in rows] == [("progress_2", "live")]
    assert "progress_1" not in await database.list_collection_names()
    assert (await verified(told)).agrees


async def test_an_unfinished_rebuild_is_given_up_by_dropping_its_generation(told: Trial, database: Any):
    await killed_at(told, "after_also")

    async with reached(target_of(told)) as subject:
        await drop(subject, "progress_2", signed())

    assert await pointer(told) == {"live": "progress_1", "also": []}
    assert await database.rebuilds.count_documents({}) == 0


async def test_one_that_is_being_built_is_nothing_to_go_back_to(told: Trial):
    await killed_at(told, "after_also")

    async with reached(target_of(told)) as subject:
        with pytest.raises(Exception, match="no older generation"):
            await rolled_back(subject)
