"""Rules that have risen reach every stored view without a replay, also when the process is killed in the middle."""

import asyncio
from typing import Any

import httpx

from contracts.progress import RULES
from deploy.local.children import Child
from tests.faults.events import CODES, story
from tests.faults.operating import stored
from tests.faults.trial import Trial, port_of

NEWER = "tests.faults.newer_rules"


async def rederived(child: Child) -> tuple[int, int]:
    async with httpx.AsyncClient(timeout=30) as client:
        told = (await client.get(f"http://127.0.0.1:{port_of(child)}/readyz")).json()["rederive"]
        return told["done"], told["total"]


async def until_some(child: Child) -> None:
    while not (await rederived(child))[0]:
        await asyncio.sleep(0.02)


async def until_all(trial: Trial) -> dict[str, Any]:
    while True:
        views = {key: each["progress"] for key, each in (await stored(trial, "progress_1")).items()}
        if {each["rules"] for each in views.values()} == {RULES + 1}:
            return views
        await asyncio.sleep(0.2)


async def test_a_kill_in_the_middle_of_deriving_anew_leaves_the_rest_to_the_next_start(trial: Trial):
    for number in range(12):  # a rollout is derived whole
        await trial.tell(story(f"{trial.rollout}-{number:02}", CODES[:3]))
    older = await trial.started()
    await trial.caught_up()
    await older.kill()
    before = {key: each["progress"] for key, each in (await stored(trial, "progress_1")).items()}

    async with asyncio.timeout(120):
        newer = await trial.started(module=NEWER)
        await until_some(newer)
        await newer.kill()
        rules = [each["progress"]["rules"] for each in (await stored(trial, "progress_1")).values()]
        assert set(rules) == {RULES, RULES + 1}, "it was killed before or after, not in the middle"
        again = await trial.started(module=NEWER)
        after = await until_all(trial)

    assert after == {key: each | {"rules": RULES + 1} for key, each in before.items()}
    done, total = await rederived(again)
    assert 0 < total < len(before), "it began anew"
    assert done <= total
