"""`klarmeld rebuild`: a service's documents made anew from the log, and made live by one write."""

import asyncio
import json
from typing import Annotated, Any

import typer

from deploy.cli.advance import advance
from deploy.cli.operated import operating, target
from deploy.cli.options import AsJson, Memory, NamedService, PortBase
from deploy.cli.place import place
from deploy.cli.rebuild_shown import show_changes, show_plan, show_rebuilt
from deploy.cli.signing import Execute, Who, Why, signed
from services.chassis import clock
from services.chassis.operations.at_work import at_work
from services.chassis.projection.jobs import Kind
from services.chassis.projection.journal import Signature
from services.chassis.projection.target import Target
from services.chassis.replay.rebuild import Plan, Rebuilt, planned
from services.chassis.replay.rebuild import rebuild as rebuild_service
from services.chassis.replay.rebuild_changes import Changed, changes
from services.chassis.replay.shares import MEMORY_MB, Asked

Diff = Annotated[bool, typer.Option("--diff", help="Show first what would change, by municipality and value.")]


def rebuild(  # noqa: PLR0913  the options of the command
    service: NamedService,
    *,
    execute: Execute = False,
    diff: Diff = False,
    why: Why = "",
    who: Who = None,
    memory: Memory = MEMORY_MB,
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """Make a service's documents anew while everything runs: 0 when they are live, 1 when they are not right."""
    chosen = target(service, place(port_base))
    asked = Asked(clock.now_ms(), memory_mb=memory)
    plan, found = asyncio.run(_planned(chosen, asked, diff=diff))
    if not as_json:
        show_plan(service, plan, execute=execute)
        show_changes(found)
    rebuilt = asyncio.run(_rebuilt(chosen, asked, signed(who, why))) if execute else None
    if as_json:
        print(json.dumps(_as_json(service, plan, found, rebuilt), ensure_ascii=False, default=str))
    elif rebuilt:
        show_rebuilt(service, rebuilt)
    raise typer.Exit(1 if rebuilt and rebuilt.change is None else 0)


async def _planned(chosen: Target, asked: Asked, *, diff: bool) -> tuple[Plan, list[Changed] | None]:
    with advance() as tell, operating(chosen):
        plan = await planned(chosen)
        return plan, await changes(chosen, asked, tell=tell) if diff else None


async def _rebuilt(chosen: Target, asked: Asked, signature: Signature) -> Rebuilt:
    with advance() as tell, operating(chosen):
        async with at_work(chosen, Kind.REBUILD, signature, tell) as seen:
            return await rebuild_service(chosen, asked, signature, tell=seen)


def _as_json(service: str, plan: Plan, found: list[Changed] | None, rebuilt: Rebuilt | None) -> dict[str, Any]:
    said: dict[str, Any] = {
        "service": service,
        "plan": {
            "records": plan.records,
            "seconds": plan.seconds,
            "live": plan.generation.live,
            "also": plan.generation.also,
            "unfinished": plan.unfinished and plan.unfinished.collection,
        },
        "executed": rebuilt is not None,
    }
    if found is not None:
        said["changes"] = [each._asdict() for each in found]
    if rebuilt is not None:
        said["generation"] = rebuilt.collection
        said["live"] = rebuilt.change is not None
        said["new"] = _judged(rebuilt.new)
        said["old"] = _judged(rebuilt.old)
    return said


def _judged(judgement: Any) -> dict[str, Any]:
    counts = {name: getattr(judgement, name) for name in ("records", "refused", "documents", "facts")}
    return {**counts, "differences": [each._asdict() for each in judgement.differences]}
