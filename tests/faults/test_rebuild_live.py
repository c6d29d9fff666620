"""A rebuild beside live traffic: no reader meets an error or an older view, and nothing is missing afterwards."""

import asyncio

from contracts.municipalities import MUNICIPALITIES
from services.chassis.generations import rolled_back
from services.chassis.rollback import roll_back
from services.chassis.target import reached
from tests.benchmarks.workload import one, spread
from tests.faults.live import Traffic, reading
from tests.faults.operating import in_silence, rebuilt, signed, target_of, verified
from tests.faults.trial import Trial

CODES = sorted(MUNICIPALITIES)
ROLLOUTS = 4


async def test_readers_of_a_service_under_traffic_do_not_notice_a_rebuild(trial: Trial):
    await trial.tell(spread(20_000, rollouts=ROLLOUTS))
    await trial.started(static=True)
    await trial.started()
    await trial.caught_up()
    places = [(f"bench-{each % ROLLOUTS}", code) for each, code in enumerate(CODES)]
    traffic = Traffic(trial, (one(each, *places[each % 98]) for each in range(1_000_000, 2_000_000)), per_second=200)
    telling = asyncio.create_task(traffic.run())

    async with reading(trial, places[:20], readers=3) as readers:
        first = await rebuilt(trial)
        second = await rebuilt(trial)
        async with reached(target_of(trial)) as subject:
            await roll_back(subject, await rolled_back(subject), signed(), tell=in_silence)
        await asyncio.sleep(1)
    traffic.stop()
    await telling
    await trial.caught_up()
    report = await verified(trial)

    assert [complaint for each in readers for complaint in each.complaints] == []
    assert min(each.reads for each in readers) > 50
    assert traffic.sent > 200
    assert first.change
    assert second.change
    assert report.judgement.differences == []
    assert report.judgement.records == report.judgement.facts == 20_000 + traffic.sent
