"""`klarmeld parked`: the records that a service set aside: seen, tried again, or given up with a reason."""

import asyncio
import json
from typing import Annotated, Any, Literal

import typer

from contracts.access import UserRole
from contracts.refusals import Reason
from deploy.cli.advance import advance
from deploy.cli.asking import NotKnownError, Services, asking
from deploy.cli.errors import UsageError
from deploy.cli.options import AsJson, NamedService, PortBase, _services
from deploy.cli.parked_asking import carried_out, planned, selection_of
from deploy.cli.parked_shown import groups_of, outcomes_of, plan_of, record_of, records_of
from deploy.cli.place import place
from deploy.cli.signing import Execute, Who, signed
from deploy.cli.terminal import terminal
from deploy.fleet import FLEET

app = typer.Typer(help="Records that could not be facts.", no_args_is_help=True)


def _reasons(incomplete: str) -> list[str]:
    return [str(each) for each in Reason if each.startswith(incomplete)]


ReasonOption = Annotated[
    Reason | None, typer.Option("--reason", help="Only this reason.", metavar="REASON", autocompletion=_reasons)
]
Topic = Annotated[str | None, typer.Option(help="Only this topic.")]
Type = Annotated[str | None, typer.Option("--type", help="Only this type of event.")]
Limit = Annotated[int, typer.Option(min=1, max=500, help="Most rows of one service.")]
Each = Annotated[bool, typer.Option("--each", help="Each record with its place, instead of groups.")]
States = Literal["parked", "redriven", "discarded", "all"]
OfState = Annotated[States, typer.Option("--state", help="Those of which this became.")]
OnlyService = Annotated[str | None, typer.Option("--service", help="Only this service.", autocompletion=_services)]
Place = Annotated[str, typer.Argument(help="The record's place, e.g. agreements-3-1042.")]
Places = Annotated[list[str] | None, typer.Argument(help="Places, e.g. agreements-3-1042; none: all that fit.")]
Fixable = Annotated[bool, typer.Option("--fixable", help="Only what would be taken today.")]
Why = Annotated[str | None, typer.Option(help="Why; needed with --execute.")]


@app.command("list", epilog="Example: klarmeld parked list --service tasks --reason schema --each")
def listed(  # noqa: PLR0913  the options of the contract
    *,
    service: OnlyService = None,
    reason: ReasonOption = None,
    topic: Topic = None,
    of_type: Type = None,
    state: OfState = "parked",
    each: Each = False,
    limit: Limit = 100,
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """Count what is parked by reason, type and topic, newest first; with --each list the records themselves."""
    names = [each.name for each in FLEET] if service is None else [_known(service)]
    query = {"reason": reason, "topic": topic, "type": of_type, "state": state, "limit": str(limit)}
    path, newest = ("", "recorded") if each else ("/groups", "latest")

    async def asked(services: Services) -> list[dict[str, Any]]:
        rows = []
        for name in names:
            found = await services.get(name, f"/v1/admin/parked{path}", **query)
            rows += [{"service": name, **row} for row in found["items"]]
        return sorted(rows, key=lambda row: str(row[newest]), reverse=True)

    rows = _ask(port_base, asked)
    if as_json:
        _printed({"records" if each else "groups": rows})
    else:
        terminal().print(records_of(rows, limit) if each else groups_of(rows))


@app.command(epilog="Example: klarmeld parked show tasks agreements-3-1042")
def show(service: NamedService, place: Place, *, port_base: PortBase = None, as_json: AsJson = False) -> None:
    """Show one record: why it is parked, its headers and its bytes."""
    topic, partition, offset = _cut(place)
    query = {"topic": topic, "partition": partition, "offset": offset, "state": "all"}
    name = _known(service)
    items = _ask(port_base, lambda services: services.get(name, "/v1/admin/parked", **query))["items"]
    if not items:
        raise NotKnownError(f"{name} parked no record at {place}.", remedy="See `klarmeld parked list`.")
    _printed(items[0]) if as_json else terminal().print(record_of(items[0]))


@app.command(epilog="Example: klarmeld parked redrive tasks --fixable --execute --why 'a fix of 2.1'")
def redrive(  # noqa: PLR0913  the options of the contract
    service: NamedService,
    places: Places = None,
    *,
    reason: ReasonOption = None,
    topic: Topic = None,
    of_type: Type = None,
    fixable: Fixable = False,
    execute: Execute = False,
    why: Why = None,
    who: Who = None,
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """Show what trying records again would do, and with --execute do it; 1 when one fails again."""
    selection = selection_of(reason, topic, of_type, places) | ({"fixable": True} if fixable else {})
    _carry_out("redrive", service, selection, why, who, execute=execute, port_base=port_base, as_json=as_json)


@app.command(epilog="Example: klarmeld parked discard agreements --reason tombstone --why 'a test' --execute")
def discard(  # noqa: PLR0913  the options of the contract
    service: NamedService,
    places: Places = None,
    *,
    reason: ReasonOption = None,
    topic: Topic = None,
    of_type: Type = None,
    execute: Execute = False,
    why: Why = None,
    who: Who = None,
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """Give records up, with --execute; each is kept with its reason and can be redriven by its place."""
    selection = selection_of(reason, topic, of_type, places)
    if not selection:
        raise UsageError("Say which records.", remedy="By places, --reason, --topic or --type.")
    _carry_out("discard", service, selection, why, who, execute=execute, port_base=port_base, as_json=as_json)


def _carry_out(  # noqa: PLR0913  what both commands are told
    do: str,
    service: str,
    selection: dict[str, Any],
    why: str | None,
    who: str | None,
    *,
    execute: bool,
    port_base: int | None,
    as_json: bool,
) -> None:
    """Show the plan, and what came of it where it was to be done."""
    if execute and not (why or "").strip():
        raise UsageError("Say why.", remedy="Add --why TEXT; it is kept with each record.")
    name = _known(service)
    signature = signed(who, why or "")

    async def asked(services: Services) -> dict[str, Any]:
        plan = await planned(services, name, do, selection)
        if not execute or not plan["selected"]:
            return plan
        if not as_json:
            terminal().print(plan_of(plan, execute=True))
        with advance() as tell:
            return await carried_out(
                services, name, do, selection | {"fingerprint": plan["fingerprint"]}, signature, tell
            )

    _end(_ask(port_base, asked), as_json=as_json)


def _end(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        _printed(told)
    elif told["executed"]:
        terminal().print(outcomes_of(told))
    else:
        terminal().print(plan_of(told, execute=False))
    raise typer.Exit(1 if told["executed"] and told["failed"] else 0)


def _ask(port_base: int | None, question: Any) -> Any:
    async def asked() -> Any:
        async with asking(place(port_base), UserRole.OPERATIONS) as services:
            return await question(services)

    return asyncio.run(asked())


def _known(service: str) -> str:
    names = [each.name for each in FLEET]
    if service not in names:
        raise UsageError(f"There is no service {service}.", remedy=f"Choose one of {', '.join(names)}.")
    return service


def _cut(place: str) -> tuple[str, str, str]:
    topic, partition, offset = ["", "", *place.removeprefix("klarmeld.").rsplit("-", 2)][-3:]
    if not topic or not partition.isdecimal() or not offset.isdecimal():
        raise UsageError(f"{place} is no place on the log.", remedy="E.g. agreements-3-1042.")
    return f"klarmeld.{topic}", partition, offset


def _printed(told: Any) -> None:
    print(json.dumps(told, ensure_ascii=False))
