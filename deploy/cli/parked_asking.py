"""The questions of `klarmeld parked` to a service: a plan, and its carrying out while the progress is told."""

import json
from typing import Any

from deploy.cli.asking import Services
from deploy.cli.errors import CommandError, UnreachableError
from services.chassis.projection.journal import Signature
from services.chassis.replay.judging import Tell

_LINES = "application/x-ndjson"


def selection_of(
    reason: str | None, topic: str | None, of_type: str | None, places: list[str] | None
) -> dict[str, Any]:
    """Return the selection that a command's options say."""
    said = {"reason": reason, "topic": topic, "type": of_type, "ids": places or None}
    return {name: value for name, value in said.items() if value is not None}


async def planned(services: Services, service: str, do: str, selection: dict[str, Any]) -> dict[str, Any]:
    """Return the plan of a service for `redrive` or `discard`."""
    plan: dict[str, Any] = json.loads((await services.post(service, _path(do), selection))[-1])
    return plan


async def carried_out(  # noqa: PLR0913, PLR0917
    services: Services, service: str, do: str, selection: dict[str, Any], signature: Signature, tell: Tell
) -> dict[str, Any]:
    """Return what became of each record; CommandError where the service ended early."""
    last: dict[str, Any] = {}

    def hear(line: str) -> None:
        nonlocal last
        last = json.loads(line)
        if "done" in last:
            tell(f"{do} records", last["done"], last["of"])

    body = {**selection, "who": signature.who, "why": signature.why}
    await services.post(service, _path(do), body, accept=_LINES, hear=hear)
    if "error" in last:
        raise UnreachableError(f"{services.named(service)} stopped early: {last['error']}", remedy=_AGAIN)
    if "executed" not in last:
        raise CommandError(f"{services.named(service)} stopped early.", remedy=_AGAIN)
    return last


_AGAIN = "What was done stays done; run the command again for the rest."


def _path(do: str) -> str:
    return f"/v1/admin/parked/{do}"
