"""`klarmeld events replay`: a selection of the log told again to another topic or to a webhook, at a steady rate."""

import asyncio
import json
from collections.abc import Callable
from typing import Annotated, Any

import typer

from deploy.cli.event_options import From, Held, Municipality, Name, Offsets, OnTopics, RolloutOption, To, selection
from deploy.cli.event_receivers import receiver
from deploy.cli.options import AsJson, PortBase
from deploy.cli.place import Place, place
from deploy.cli.receipts import journals, owners
from deploy.cli.replaying import Plan, Replay, planned, told_again
from deploy.cli.signing import Execute, Who, Why, signed
from services.chassis.projection.journal import Signature

ToTopic = Annotated[str | None, typer.Option(help="A topic that is not one of klarmeld's own; it must exist.")]
ToUrl = Annotated[str | None, typer.Option(help="A webhook that takes structured CloudEvents by POST.")]
Say = Callable[[str], None]
PerSecond = Annotated[float, typer.Option(min=0.1, help="Events a second at most.")]


def replay(  # noqa: PLR0913  the options of the contract
    *,
    to_topic: ToTopic = None,
    to_url: ToUrl = None,
    start: From = None,
    end: To = None,
    by_time: Held = False,
    rollout: RolloutOption = None,
    municipality: Municipality = None,
    name: Name = None,
    topics: OnTopics = None,
    offsets: Offsets = None,
    per_second: PerSecond = 100,
    execute: Execute = False,
    why: Why = "",
    who: Who = None,
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """Count what would be told again; with --execute tell it, in the order of each partition.

    One that was interrupted goes on where it stopped when the same command is run again.
    """
    to = receiver(to_topic, to_url)
    chosen = selection(
        start=start,
        end=end,
        by_time=by_time,
        rollout=rollout,
        municipality=municipality,
        name=name,
        topics=topics,
        offsets=offsets,
    )
    here = place(port_base)
    meant = Replay(here.log, chosen, to, per_second)
    say = _to_nobody if as_json else print
    if not execute:
        plan, told = asyncio.run(_planned(meant, say)), None
    else:
        plan, told = asyncio.run(_executed(here, meant, signed(who, why), say))
        say(f"{told:,} events went to {to.name}.")
    if as_json:
        print(json.dumps(_as_json(meant, plan, told), ensure_ascii=False))


async def _planned(meant: Replay, say: Say) -> Plan:
    plan = await _said(meant, say, "events would")
    say("Nothing has been told; add --execute to do it.")
    if lacking := await meant.to.lacking(meant.kafka):
        say(lacking)
    return plan


async def _executed(here: Place, meant: Replay, signature: Signature, say: Say) -> tuple[Plan, int]:
    async with journals(here, owners(meant.chosen.topics)) as kept:
        plan = await _said(meant, say, "events")
        return plan, await told_again(meant, plan, kept, signature)


async def _said(meant: Replay, say: Say, events: str) -> Plan:
    plan = await planned(meant)
    if plan.before:
        say(f"{plan.before.told:,} events were told before this replay was interrupted; it goes on after them.")
    seconds = plan.events / meant.per_second
    say(f"{plan.events:,} {events} go to {meant.to.name} at {meant.per_second:g} a second, in about {seconds:,.0f} s.")
    return plan


def _as_json(meant: Replay, plan: Plan, told: int | None) -> dict[str, Any]:
    before = plan.before.told if plan.before else 0
    counts = {"events": plan.events, "told_before": before, "per_second": meant.per_second}
    return {"to": meant.to.name, **counts, "executed": told is not None, "told": told or 0}


def _to_nobody(_: str) -> None:
    """Say nothing: a program reads the JSON at the end."""
