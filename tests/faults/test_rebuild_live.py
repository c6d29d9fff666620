"""A rebuild beside live traffic: no reader meets an error or an older view, and nothing is missing afterwards.

At full size: `KLARMELD_TRIAL_EVENTS=300000 KLARMELD_TRIAL_PER_SECOND=500 pytest --timeout 1800` with this file.
"""

import asyncio
import os
from collections.abc import Iterator, Sequence
from itertools import cycle

from contracts.municipalities import MUNICIPALITIES
from contracts.records import Message
from services.chassis.projection.generations import rolled_back
from services.chassis.projection.target import reached
from services.chassis.replay.rollback import roll_back
from tests.benchmarks.workload import one, spread
from tests.faults.live import Traffic, reading
from tests.faults.operating import in_silence, rebuilt, signed, target_of, verified
from tests.faults.trial import Trial

CODES = sorted(MUNICIPALITIES)
#: On the log before the rebuild begins, and told meanwhile.
EVENTS = int(os.environ.get("KLARMELD_TRIAL_EVENTS", "20000"))
PER_SECOND = int(os.environ.get("KLARMELD_TRIAL_PER_SECOND", "200"))
ROLLOUTS = max(4, EVENTS // 20_000)
CATCHING_UP_S = 60 + EVENTS / 500


def told_meanwhile(places: Sequence[tuple[str, str]]) -> Iterator[Message]:
    return (one(1_000_000 + number, *place) for number, place in enumerate(cycle(places)))


async def test_readers_of_a_service_under_traffic_do_not_notice_a_rebuild(trial: Trial):
    await trial.tell(spread(EVENTS, rollouts=ROLLOUTS))
    await trial.started(static=True)
    await trial.started()
    await trial.caught_up(within_s=CATCHING_UP_S)
    places = [(f"bench-{rollout}", code) for code in CODES for rollout in range(ROLLOUTS)]
    traffic = Traffic(trial, told_meanwhile(places), per_second=PER_SECOND)
    telling = asyncio.create_task(traffic.run())

    async with reading(trial, places[:20], readers=3) as readers:
        first = await rebuilt(trial)
        second = await rebuilt(trial)
        async with reached(target_of(trial)) as subject:
            await roll_back(subject, await rolled_back(subject), signed(), tell=in_silence)
        await asyncio.sleep(1)
    traffic.stop()
    await telling
    await trial.caught_up(within_s=CATCHING_UP_S)
    report = await verified(trial)

    assert [complaint for each in readers for complaint in each.complaints] == []
    assert min(each.reads for each in readers) > 50
    assert traffic.sent > 200
    assert first.change
    assert second.change
    assert report.judgement.differences == []
    assert report.judgement.records == report.judgement.facts == EVENTS + traffic.sent
