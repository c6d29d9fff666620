"""One test's own database, group and rollout on a shared stack: its replicas, what it tells, and the judgement."""

import asyncio
import os
import signal
from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module
from typing import Any

import httpx

from contracts.records import Message
from deploy.local.children import Child
from deploy.local.ports import free_block
from deploy.local.probes import answers_ok
from deploy.local.services import service
from deploy.local.stack import Stack
from services.chassis.projection.mongo_client import connect
from tests.faults import judging, log

#: Bounds of behaviour, in seconds: joining a group again, noticing that a neighbour is gone.
READY_WITHIN_S = 60
UNREADY_WITHIN_S = 10
_INSTANCE = "KLARMELD_KAFKA__GROUP_INSTANCE_ID"


class Trial:
    """What a test of one service has for itself; `rollout` keeps its documents apart, though not its log."""

    def __init__(self, stack: Stack, label: str, name: str) -> None:
        self.stack = stack
        self.name = name
        self.rollout = self.group = self.database = label
        self.service = import_module(f"services.{name}.app").SERVICE
        self.children: list[Child] = []

    def replica(
        self, *, disturbed: tuple[str, ...] = (), module: str | None = None, port: int | None = None, **settings: Any
    ) -> Child:
        """Return one more process of the service, to be started; it is started when it serves, ready or not.

        `disturbed` says how, at which moment and how often or long (see disturbed_service); `module` serves instead of
        the service's own entry point. One with a `port` of its own is a static member of the group, which takes its
        partitions back after a crash.
        """
        own = {"KLARMELD_GROUP": self.group, "KLARMELD_MONGO__DATABASE": self.database}
        own |= {f"KLARMELD_{name.upper()}": str(value) for name, value in settings.items()}
        recipe = service(self.name, self.stack, port=port or free_block().tasks, settings=own).recipe
        env = {name: value for name, value in recipe.env.items() if port or name != _INSTANCE}
        other = module or ("tests.faults.disturbed_service" if disturbed else None)
        instead = (*recipe.argv[:3], other, self.name, *disturbed) if other else recipe.argv
        listening = next(iter(recipe.ports.values()))
        child = Child(
            replace(
                recipe,
                argv=instead,
                env=env,
                ready=lambda: answers_ok(listening, "/livez"),
                stop_within=15,
            )
        )
        self.children.append(child)
        return child

    async def started(self, **settings: Any) -> Child:
        child = self.replica(**settings)
        await child.start()
        return child

    async def tell(self, messages: Iterable[Message], **options: Any) -> None:
        await log.tell(self.stack.bootstrap, messages, **options)

    async def caught_up(self, *, within_s: float = 60) -> None:
        """Return once the service has taken in the whole log, its views too."""
        await log.caught_up(self.stack.bootstrap, self.group, self.service.reads, within_s=within_s)
        async with connect(self.stack.mongo_uri, timeout_s=20) as client, asyncio.timeout(within_s):
            while await _owed(client[self.database]):
                await asyncio.sleep(0.1)

    async def differences(self) -> list[str]:
        """Return how the projection differs from what the whole log says."""
        records = await log.whole_log(self.stack.bootstrap, self.service.reads)
        async with connect(self.stack.mongo_uri, timeout_s=20) as client:
            return await judging.differences(client[self.database], records)

    async def close(self) -> None:
        for child in self.children:
            await child.kill()
        async with connect(self.stack.mongo_uri, timeout_s=20) as client:
            await client.drop_database(self.database)


async def _owed(database: Any) -> int:
    """Return how many documents owe their views, in all generations."""
    generations = await database.list_collection_names(filter={"name": {"$regex": "^progress_"}})
    return sum([await database[each].count_documents({"owed": True}) for each in generations])


def port_of(child: Child) -> int:
    return next(iter(child.recipe.ports.values()))


async def readiness(child: Child) -> tuple[int, str]:
    """Return status and troubles of /readyz; status 0 where nobody answers."""
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.get(f"http://127.0.0.1:{port_of(child)}/readyz")
    except httpx.HTTPError:
        return 0, ""
    return answer.status_code, " ".join(answer.json()["troubles"])


async def becomes(child: Child, status: int, *, within_s: float, because: str = "") -> None:
    """Return once /readyz answers `status` with `because` among its troubles; AssertionError where it does not."""
    end = asyncio.get_running_loop().time() + within_s
    found = await readiness(child)
    while found[0] != status or because not in found[1]:
        assert asyncio.get_running_loop().time() < end, f"{status} {because} within {within_s} s, but it is {found}"
        await asyncio.sleep(0.2)
        found = await readiness(child)


async def is_alive(child: Child) -> bool:
    """Return whether the process answers, whatever its readiness."""
    return await answers_ok(port_of(child), "/livez")


async def terminated(child: Child, *, within_s: float) -> int:
    """Send SIGTERM and return the exit code; TimeoutError where it takes longer."""
    assert child.pid is not None
    signal_process(child, signal.SIGTERM)
    async with asyncio.timeout(within_s):
        return await child.ended()


def signal_process(child: Child, number: signal.Signals) -> None:
    assert child.pid is not None
    os.kill(child.pid, number)
