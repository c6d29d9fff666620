"""What is asked most, at a steady rate whatever the earlier answers do: all municipalities, one of them, its past."""

import asyncio
import time
from typing import NamedTuple

import httpx

from contracts.access import UserRole
from contracts.records import Message
from deploy.local.stack import Stack
from tests.benchmarks import workload
from tests.benchmarks.running import Running, fill
from tests.tokens import Issuer

ROLLOUT, CODE = "bench-asked", workload.CODES[0]
#: Facts of every municipality, and how many more of the one that is asked about.
FACTS, MORE = 20, 180


class Question(NamedTuple):
    """What is measured in words, and the paths below the rollout that are asked for at once."""

    words: str
    paths: tuple[str, ...]


_ALL = f"/v1/rollouts/{ROLLOUT}"
_ONE = f"{_ALL}/municipalities/{CODE}"
_PAST = "2026-03-15T12:00:00Z"
#: By the name of their figures.
QUESTIONS = {
    "overview_ms": Question("overview of 98", (f"{_ALL}/municipalities",)),
    "overview_filtered_ms": Question(
        "the same, filtered and in order",
        (f"{_ALL}/municipalities?turn=municipality&older_than=1&sort=since&order=desc",),
    ),
    "overview_csv_ms": Question("the same as a spreadsheet", (f"{_ALL}/municipalities?format=csv",)),
    "rollup_ms": Question("what the 98 add up to", (_ALL,)),
    "view_ms": Question("one municipality of 200 facts: its view", (_ONE,)),
    "explain_ms": Question("why a value of it is what it is", (f"{_ONE}/explain?path=agreement.state",)),
    "timeline_ms": Question("its 200 facts", (f"{_ONE}/facts?limit=200",)),
    "page_ms": Question(
        "all three of them asked at once",
        (_ONE, f"{_ONE}/explain?path=agreement.state", f"{_ONE}/facts?limit=200"),
    ),
    "as_of_ms": Question("its view as of an earlier moment", (f"{_ONE}?as_of={_PAST}",)),
    "known_at_ms": Question("the same as known then", (f"{_ONE}?as_of={_PAST}&known_at={_PAST}",)),
}


async def queries(
    stack: Stack, service: Running, issuer: Issuer, *, per_second: int, seconds: int
) -> dict[str, list[float]]:
    """Return milliseconds of each question, sorted, by the name of its figures."""
    asked = await fill(stack, map(_fact, range(FACTS * len(workload.CODES) + MORE)))
    headers = {"Authorization": f"Bearer {issuer.token(UserRole.COORDINATOR)}"}
    async with httpx.AsyncClient(base_url=service.url, headers=headers, timeout=30) as client:
        while (await client.get(_ONE)).is_error or await _heard(client) < asked:
            await asyncio.sleep(0.2)
        return {name: await _steadily(client, each, per_second, seconds) for name, each in QUESTIONS.items()}


def _fact(number: int) -> Message:
    later = number - FACTS * len(workload.CODES)
    return workload.one(30_000_000 + number, ROLLOUT, CODE if later >= 0 else workload.CODES[number % 98])


async def _heard(client: httpx.AsyncClient) -> int:
    """Return how many facts of the rollout the service shows."""
    shown = [await client.get(f"{_ALL}/municipalities/{code}") for code in workload.CODES]
    return sum(each.json()["progress"]["facts"] for each in shown)


async def _steadily(client: httpx.AsyncClient, question: Question, per_second: int, seconds: int) -> list[float]:
    """Ask on time for so long; what is asked first is not counted: it may have to be made."""
    await _ask(client, question)
    started, asked = time.perf_counter(), []
    for number in range(per_second * seconds):
        await asyncio.sleep(max(0.0, started + number / per_second - time.perf_counter()))
        asked.append(asyncio.create_task(_ask(client, question)))
    return sorted(await asyncio.gather(*asked))


async def _ask(client: httpx.AsyncClient, question: Question) -> float:
    started = time.perf_counter()
    for answer in await asyncio.gather(*map(client.get, question.paths)):
        answer.raise_for_status()
    return (time.perf_counter() - started) * 1000
