"""`klarmeld events export`: facts of the log as JSON Lines of structured CloudEvents."""

import asyncio
import sys
from typing import Annotated, NamedTuple

import typer

from deploy.cli.advance import Steps, advance
from deploy.cli.draft import draft
from deploy.cli.event_options import From, Held, Municipality, Name, Offsets, OnTopics, RolloutOption, To, selection
from deploy.cli.log_read import log_of
from deploy.cli.options import PortBase
from deploy.cli.place import place
from deploy.selection import Selection, chosen_facts
from services.chassis.settings import KafkaConnection

Output = Annotated[str, typer.Argument(help="The file to write; - is standard output.")]


class Exported(NamedTuple):
    """How many events were written now, how many stood there already, and how many records were none of them."""

    written: int
    before: int
    others: int


def export(  # noqa: PLR0913, PLR0917  the options of the contract
    output: Output = "-",
    start: From = None,
    end: To = None,
    by_time: Held = False,  # noqa: FBT002  a flag of the command line
    rollout: RolloutOption = None,
    municipality: Municipality = None,
    name: Name = None,
    topics: OnTopics = None,
    offsets: Offsets = None,
    port_base: PortBase = None,
) -> None:
    """Write the chosen facts as JSON Lines; publishing the file again changes nothing.

    The file is there once it is whole; an export that was interrupted goes on when the same command is run again.
    """
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
    print(_said(asyncio.run(_exported(place(port_base).log, chosen, output))), file=sys.stderr)


def _said(told: Exported) -> str:
    before = f"{told.before:,} were there already; " if told.before else ""
    return f"{before}{told.written:,} events exported; {told.others:,} other records passed over."


async def _exported(kafka: KafkaConnection, chosen: Selection, output: str) -> Exported:
    written = 0
    async with log_of(kafka, chosen) as (consumer, whole):
        with draft(output, chosen) as found, advance() as tell:
            within = whole.beginning_at(found.reached)
            step = Steps(tell, "reading the log", within.records)
            async for each in chosen_facts(consumer, within, chosen):
                step()
                if each is not None:
                    found.add(each.cloudevent())
                    written += 1
    return Exported(written, found.found, step.done - written)
