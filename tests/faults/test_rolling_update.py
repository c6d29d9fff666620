"""Two versions side by side, and the way back: nothing is lost, and no reader goes back."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import httpx

from contracts.access import UserRole
from contracts.progress import RULES
from contracts.records import Message
from deploy.local.children import Child
from tests.faults.events import CODES, story
from tests.faults.operating import rebuilt, stored
from tests.faults.trial import READY_WITHIN_S, Trial, becomes, port_of, terminated
from tests.tokens import Issuer, running_issuer

#: The next version: its rules have risen by one.
NEWER = "tests.faults.newer_rules"


class Readers:
    """Portals that read every municipality again and again from whichever replica serves, and note what went back."""

    def __init__(self, trial: Trial, issuer: Issuer) -> None:
        self._trial = trial
        self._headers = issuer.bearer(UserRole.COORDINATOR)
        self._seen: dict[str, dict[str, int]] = {}
        self.replicas: list[Child] = []
        self.reads = 0
        self.faults: list[str] = []

    async def read(self) -> None:
        async with httpx.AsyncClient(timeout=30, headers=self._headers) as client:
            while True:
                for code in CODES[:20]:
                    for replica in tuple(self.replicas):
                        await self._one(client, replica, code)
                await asyncio.sleep(0.05)

    async def _one(self, client: httpx.AsyncClient, replica: Child, code: str) -> None:
        path = f"/v1/rollouts/{self._trial.rollout}/municipalities/{code}"
        try:
            answer = await client.get(f"http://127.0.0.1:{port_of(replica)}{path}")
        except httpx.HTTPError as error:
            if replica in self.replicas:
                self.faults.append(f"{code}: {type(error).__name__}")
            return
        if answer.status_code == httpx.codes.NOT_FOUND and not self._seen:
            return  # nothing of the rollout is known yet
        if answer.status_code != httpx.codes.OK:
            self.faults.append(f"{code}: {answer.status_code}")
            return
        found, seen = answer.json()["positions"], self._seen.get(code, {})
        self.faults += [f"{code}: {each} went back" for each, place in seen.items() if found.get(each, -1) < place]
        self._seen[code] = found
        self.reads += 1


class Headers(NamedTuple):
    """How far the stored views had come, by document: the rules' version, then how many facts."""

    of: dict[str, tuple[int, int]]

    def went_back(self, later: "Headers") -> list[str]:
        return [name for name, header in self.of.items() if later.of.get(name, (0, 0)) < header]


@asynccontextmanager
async def reading(trial: Trial, issuer: Issuer) -> AsyncIterator[Readers]:
    readers = Readers(trial, issuer)
    task = asyncio.create_task(readers.read())
    try:
        yield readers
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def headers(trial: Trial) -> Headers:
    views = {key: each.get("progress") for key, each in (await stored(trial, "progress_1")).items()}
    return Headers({key: (view["rules"], view["facts"]) for key, view in views.items() if view})


def of_tomorrow(messages: Iterable[Message]) -> Iterator[Message]:
    """Yield messages as a newer producer writes them: with an optional field that older readers don't know."""
    for each in messages:
        yield each._replace(value=json.dumps({**json.loads(each.value), "new_in_the_next_version": 1}).encode())


async def serving(trial: Trial, issuer: Issuer, module: str | None = None) -> Child:
    settings: dict[str, Any] = {name.removeprefix("KLARMELD_"): value for name, value in issuer.environment.items()}
    child = await trial.started(module=module, **settings)
    await becomes(child, 200, within_s=READY_WITHIN_S)
    return child


async def until_all_by(trial: Trial, rules: int) -> None:
    async with asyncio.timeout(120):
        while {each for each, _ in (await headers(trial)).of.values()} != {rules}:
            await asyncio.sleep(0.2)


async def test_an_update_beside_traffic_loses_nothing_and_no_reader_goes_back(trial: Trial, tmp_path):
    async with running_issuer(tmp_path) as issuer, reading(trial, issuer) as readers:
        older = await serving(trial, issuer)
        readers.replicas.append(older)
        await trial.tell(story(trial.rollout, CODES[:8]))
        before = await headers(trial)

        newer = await serving(trial, issuer, NEWER)
        readers.replicas.append(newer)
        await trial.tell(of_tomorrow(story(trial.rollout, CODES[8:16], seed=9)))
        between = await headers(trial)
        readers.replicas.remove(older)
        assert await terminated(older, within_s=10) == 0
        await trial.tell(of_tomorrow(story(trial.rollout, CODES[16:20], seed=10)))
        await trial.caught_up()
        await until_all_by(trial, RULES + 1)
        after = await headers(trial)

    assert readers.faults == []
    assert readers.reads > 0
    assert before.went_back(between) == between.went_back(after) == []
    assert await trial.differences() == []


async def test_on_the_way_back_nothing_is_lost_and_a_rebuild_gives_the_older_rules_again(trial: Trial, tmp_path):
    async with running_issuer(tmp_path) as issuer, reading(trial, issuer) as readers:
        newer = await serving(trial, issuer, NEWER)
        readers.replicas.append(newer)
        await trial.tell(story(trial.rollout, CODES[:8]))
        await trial.caught_up()
        older = await serving(trial, issuer)
        readers.replicas = [older]
        assert await terminated(newer, within_s=10) == 0
        await trial.tell(of_tomorrow(story(trial.rollout, CODES[:12], seed=9)))
        await trial.caught_up()

        await rebuilt(trial)

    assert readers.faults == []
    assert readers.reads > 0
    views = [each["progress"] for each in (await stored(trial, "progress_2")).values() if each.get("progress")]
    assert {each["rules"] for each in views} == {RULES}
