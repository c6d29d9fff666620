"""`klarmeld rewind`: a consumer group back to an earlier place, while nobody is in it."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from rich.table import Table

from contracts.instants import read_instant, to_milliseconds
from contracts.topics import partition_name
from deploy.cli.errors import CommandError, UnreachableError, UsageError
from deploy.cli.options import AsJson, PortBase
from deploy.cli.place import Place, place
from deploy.cli.receipts import journals, of_group
from deploy.cli.signing import Execute, Who, Why, signed
from deploy.cli.terminal import terminal
from deploy.group_offsets import Group, GroupActiveError, Offsets, group_of, move
from deploy.producer import LogAwayError, answered
from deploy.record_spans import reading, span
from services.chassis.projection.journal import Receipt, Signature
from services.chassis.settings import KafkaConnection

GroupName = Annotated[str, typer.Argument(help="The consumer group, e.g. klarmeld-tasks.")]
ToEarliest = Annotated[bool, typer.Option("--to-earliest", help="To the beginning of the log.")]
ToDatetime = Annotated[str | None, typer.Option(help="To the first record at or after this RFC 3339 time.")]
ToOffset = Annotated[list[str] | None, typer.Option(help="One partition to an offset: agreements-3-1042; may repeat.")]


def rewind(  # noqa: PLR0913  the options of the contract
    group: GroupName,
    *,
    to_earliest: ToEarliest = False,
    to_datetime: ToDatetime = None,
    to_offset: ToOffset = None,
    execute: Execute = False,
    why: Why = "",
    who: Who = None,
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """Show the lag before and after, and with --execute move the group; refused while members are active."""
    if sum(map(bool, (to_earliest, to_datetime, to_offset))) != 1:
        raise UsageError(
            "Say where to.", remedy="One of --to-earliest, --to-datetime TIME, --to-offset agreements-3-1042."
        )
    here = place(port_base)
    try:
        plan = asyncio.run(_rewound(here, group, to_datetime, to_offset, signed(who, why) if execute else None))
    except LogAwayError as error:
        raise UnreachableError(
            f"Kafka at {here.log.bootstrap} can't be reached ({error}).",
            remedy="Once it is back, the same command moves the group, whether or not it had moved.",
        ) from None
    terminal().print_json(data=plan) if as_json else terminal().print(*_shown(plan), sep="\n")


async def _rewound(
    here: Place, group: str, to_datetime: str | None, to_offset: list[str] | None, signature: Signature | None
) -> dict[str, Any]:
    kafka = here.log
    stands = await group_of(kafka, group)
    if not stands.offsets:
        raise UsageError(f"The group {group} has committed nothing.", remedy="Groups are named like klarmeld-tasks.")
    target, ends = await _target(kafka, stands, to_datetime, to_offset)
    if signature:
        await _moved(here, group, stands, target, signature)
    return {
        "group": group,
        "executed": signature is not None,
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


async def _moved(here: Place, group: str, stands: Group, target: Offsets, signature: Signature) -> None:
    """Move the group, with a receipt before and one after: what was begun shows also where the end was not seen."""
    if stands.members:
        raise _active(group, stands.members)
    before, after = ({"group": group, "offsets": _named_offsets(each)} for each in (stands.offsets, target))
    async with journals(here, of_group(group, {each.topic for each in stands.offsets}, here)) as kept:
        await kept.add(signature, Receipt("rewind: begun", before, after))
        try:
            await move(here.log, group, target)
        except GroupActiveError:
            raise _active(group, ["somebody who has just joined"]) from None
        await kept.add(signature, Receipt("rewind", before, after))


def _active(group: str, members: Sequence[str]) -> CommandError:
    named = ", ".join(members)
    return CommandError(f"{group} has active members ({named}).", remedy="Stop the service, then run this again.")


def _named_offsets(offsets: Offsets) -> dict[str, int]:
    return {partition_name(each.topic, each.partition): offset for each, offset in sorted(offsets.items())}


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
            first, ends = await consumer.beginning_offsets(every), await consumer.end_offsets(every)
    if to_offset:
        return _named(to_offset, stands, first), ends
    # a partition that stands before that time stays where it is: whatever was not read yet is not passed over
    return {each: min(offset, stands.offsets[each]) for each, offset in found.start.items()}, ends


def _named(given: list[str], stands: Group, first: Offsets) -> Offsets:
    by_name = {partition_name(each.topic, each.partition): each for each in stands.offsets}
    target = {}
    for text in given:
        partition, _, offset = text.rpartition("-")
        if partition not in by_name or not offset.isdecimal():
            raise UsageError(f"--to-offset {text} names no partition of the group.", remedy="E.g. agreements-3-1042.")
        chosen = by_name[partition]
        if not first[chosen] <= int(offset) <= stands.offsets[chosen]:
            raise UsageError(
                f"--to-offset {text} is not where {partition} can go back to.",
                remedy=f"It stands at {stands.offsets[chosen]}, and the log begins at {first[chosen]}.",
            )
        target[chosen] = int(offset)
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
