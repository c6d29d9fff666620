"""`klarmeld ledger`: what became of each mail, and an operator's word where nobody else can know."""

import asyncio
import json
from typing import Annotated, Any

import typer
from rich.console import Group, RenderableType
from rich.text import Text

from contracts.access import UserRole
from deploy.cli.asking import Services, asking
from deploy.cli.errors import UsageError
from deploy.cli.options import AsJson, PortBase
from deploy.cli.place import place
from deploy.cli.signing import Execute, Who, signed
from deploy.cli.terminal import terminal
from deploy.cli.words import local_time
from services.chassis.outward.ledger_entry import Fate
from services.notifications.ledger_shapes import Verdict

app = typer.Typer(help="What became of each mail.", no_args_is_help=True)
SERVICE = "notifications"
PATH = "/v1/admin/ledger"

Keys = Annotated[list[str] | None, typer.Argument(help="Keys of notices, as `klarmeld ledger list` shows them.")]
AsVerdict = Annotated[Verdict | None, typer.Option("--as", help="What is known of them.")]
Reopen = Annotated[bool, typer.Option("--reopen", help="Let mails leave again after the ledger was restored.")]
Why = Annotated[str | None, typer.Option(help="Why; kept with each notice.")]


@app.command("list", epilog="Example: klarmeld ledger list --state unknown")
def listed(  # noqa: PLR0913  the options of the contract
    *,
    state: Annotated[Fate | None, typer.Option(help="Only in this state.")] = None,
    rollout: Annotated[str | None, typer.Option(help="Only of this rollout.")] = None,
    municipality: Annotated[str | None, typer.Option(help="Only of this municipality.")] = None,
    template: Annotated[str | None, typer.Option(help="Only of this text.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="Most rows.")] = 100,
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """List notices, the latest change first, and count them by state."""
    query = {"state": state, "rollout": rollout, "municipality": municipality, "template": template}
    told = _ask(port_base, lambda services: services.get(SERVICE, PATH, **query, limit=str(limit)))
    _printed(told) if as_json else terminal().print(_page(told))


@app.command(epilog="Example: klarmeld ledger resolve 7c1f9a52d8be4c0f8a3b6a1e5d2f4c90 --as sent --why seen --execute")
def resolve(  # noqa: PLR0913  the options of the contract
    keys: Keys = None,
    *,
    verdict: AsVerdict = None,
    reopen: Reopen = False,
    why: Why = None,
    who: Who = None,
    execute: Execute = False,
    port_base: PortBase = None,
    as_json: AsJson = False,
) -> None:
    """Say that unknown mails arrived, are given up or are sent again; 1 when a verdict does not fit."""
    if bool(keys) != (verdict is not None) or reopen == bool(keys):
        raise UsageError("Say what is known.", remedy="Give keys with --as sent|failed|retry, or --reopen.")
    if execute and not (why or "").strip():
        raise UsageError("Say why.", remedy="Add --why TEXT; it is kept with each notice.")
    signature = signed(who, why or "a plan")
    body: dict[str, Any] = {"who": signature.who, "why": signature.why, "execute": execute, "reopen": reopen}
    body |= {"keys": keys, "verdict": verdict} if keys else {}
    told = _ask(port_base, lambda services: _posted(services, body))
    _printed(told) if as_json else terminal().print(_resolution(told, reopen=reopen))
    raise typer.Exit(1 if any(each["after"] is None for each in told["items"]) else 0)


async def _posted(services: Services, body: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((await services.post(SERVICE, f"{PATH}/resolve", body))[-1])
    return told


def _ask(port_base: int | None, question: Any) -> Any:
    async def asked() -> Any:
        async with asking(place(port_base), UserRole.OPERATIONS) as services:
            return await question(services)

    return asyncio.run(asked())


def _page(told: dict[str, Any]) -> RenderableType:
    counts = ", ".join(f"{count:,} {state}" for state, count in told["counts"].items() if count)
    shut = f"Nothing is sent ({told['gate']['reason']}): see `klarmeld ledger resolve --reopen`.\n"
    head = Text(shut if told["gate"]["reason"] else "", style="bold red")
    return Group(*map(_row, told["items"]), head + Text(counts or "The ledger is empty.", style="bold"))


def _row(item: dict[str, Any]) -> Text:
    about = f"{item['rollout']} · {item['municipality']} · {item['role']} · {item['template']}"
    reason = f" ({item['reason']})" if item["reason"] else ""
    return Text.assemble(
        (f"{item['state']}{reason}", "bold yellow" if item["state"] == Fate.UNKNOWN else "bold"),
        f" · {about}\n  {item['notification_key']} · since {local_time(item['since'])}",
    )


def _resolution(told: dict[str, Any], *, reopen: bool) -> RenderableType:
    lines = [_change(each) for each in told["items"]]
    if reopen:
        lines.append("Mails leave again." if told["reopened"] else "Mails would leave again, if they do not already.")
    return "\n".join(lines if told["executed"] else [*lines, "Nothing is done yet; add --execute."])


def _change(item: dict[str, Any]) -> str:
    if item["after"] is None:
        return f"{item['notification_key']}: {item['before'] or 'not in the ledger'}, so the verdict does not fit"
    return f"{item['notification_key']}: {item['before']} → {item['after']}"


def _printed(told: Any) -> None:
    print(json.dumps(told, ensure_ascii=False))
