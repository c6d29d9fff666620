"""`klarmeld rewind`: a consumer group back to an earlier place, while nobody is in it."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.table import Table

from contracts.instants import read_instant, to_milliseconds
from contracts.topics import partition_name
from deploy.cli.errors import CommandError, UnreachableError, UsageError
from deploy.cli.options import AsJson, PortBase
from deploy.cli.place import place
from deploy.cli.terminal import terminal
from deploy.group_offsets import Group, Offsets, group_of, move
from deploy.producer import LogAwayError, answered
from deploy.record_spans import reading, span
from services.chassis.settings import KafkaConnection

GroupName = Annotated[str, typer.Argument(help="The consumer group, e.g. klarmeld-tasks.")]
ToEarliest = Annotated[bool, typer.Option("--to-earliest", help="To the beginning of the log.")]
ToDatetime = Annotated[str | None, typer.Option(help="To the first record at or after this RFC 3339 time.")]
ToOffset = Annotated[list[str] | None, typer.Option(help="One partition to an offset: agreements-3-1042; may repeat.")]
Execute = Annotated[bool, typer.Option("--execute", help="Do it; without this only the plan is shown.")]


def rewind(  # noqa: PLR0913  the options of the contract
    group: GroupName,
    *,
    to_earliest: ToEarliest = False,
    to_datetime: ToDatetime = None,
    to_offset: ToOffset = None,
    execute: Execute = False,
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """Show the lag before and after, and with --execute move the group; refused while members are active."""
    if sum(map(bool, (to_earliest, to_datetime, to_offset))) != 1:
        raise UsageError(
            "Say where to.", remedy="One of --to-earliest, --to-datetime TIME, --to-offset agreements-3-1042."
        )
    kafka = place(port_base).log
    try:
        plan = asyncio.run(_rewound(kafka, group, to_datetime, to_offset, execute=execute))
    except LogAwayError as error:
        raise UnreachableError(f"Kafka at {kafka.bootstrap} can't be reached ({error}).") from None
    terminal().print_json(data=plan) if as_json else terminal().print(*_shown(plan), sep="\n")


async def _rewound(
    kafka: KafkaConnection, group: str, to_datetime: str | None, to_offset: list[str] | None, *, execute: bool
) -> dict[str, Any]:
    stands = await group_of(kafka, group)
    if not stands.offsets:
        raise UsageError(f"The group {group} has committed nothing.", remedy="Groups are named like klarmeld-tasks.")
    target, ends = await _target(kafka, stands, to_datetime, to_offset)
    if execute:
        if stands.members:
            raise CommandError(
                f"{group} has active members ({', '.join(stands.members)}).",
                remedy="Stop the service, then run this again.",
            )
        await move(kafka, group, target)
    return {
        "group": group,
        "executed": execute,
        "members": list(stands.members),
        "partitions": [
            {
                "partition": partition_name(each.topic, each.partition),
                "from": stands.offsets[each],
                "to": target.get(each, stands.offsets[each]),
                "lag_before": ends[each] - stands.offsets[each],
                "lag_after": ends[each] - target.get(each, stands.offsets[each]),
            }
            for each in sorted(stands.offsets)
        ],
    }


async def _target(
    kafka: KafkaConnection, stands: Group, to_datetime: str | None, to_offset: list[str] | None
) -> tuple[Offsets, Offsets]:
    every = sorted(stands.offsets)
    try:
        moment = to_milliseconds(read_instant(to_datetime)) if to_datetime else None
    except ValueError as error:
        raise UsageError(f"--to-datetime {to_datetime} is no time: {error}.") from None
    async with reading(kafka) as consumer:
        found = await span(consumer, every, recorded_from=moment)
        async with answered():
            ends = await consumer.end_offsets(every)
    return ({**_named(to_offset, every)} if to_offset else found.start), ends


def _named(given: list[str], every: list[Any]) -> Offsets:
    by_name = {partition_name(each.topic, each.partition): each for each in every}
    target = {}
    for text in given:
        partition, _, offset = text.rpartition("-")
        if partition not in by_name or not offset.isdecimal():
            raise UsageError(f"--to-offset {text} names no partition of the group.", remedy="E.g. agreements-3-1042.")
        target[by_name[partition]] = int(offset)
    return target


def _shown(plan: dict[str, Any]) -> Iterator[Table | str]:
    done = "moved" if plan["executed"] else "plan; nothing is moved without --execute"
    yield f"{plan['group']}: {done}."
    table = Table(box=None, header_style="dim")
    for column in ("Partition", "From", "To", "Lag before", "Lag after"):
        table.add_column(column, justify="left" if column == "Partition" else "right")
    for each in plan["partitions"]:
        numbers = (each["from"], each["to"], each["lag_before"], each["lag_after"])
        table.add_row(each["partition"], *(f"{number:,}" for number in numbers))
    yield table
    if plan["members"]:
        yield f"Active members: {', '.join(plan['members'])}. The group can be moved once they have stopped."
