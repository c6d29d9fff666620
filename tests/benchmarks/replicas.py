"""Replicas of one service that write down what they do, as one group on one database."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from deploy.local.children import Child
from deploy.local.ports import free_block
from deploy.local.probes import answers_ok
from deploy.local.services import service
from deploy.local.stack import Stack
from tests.benchmarks.legs import Step
from tests.tokens import Issuer

NAME = "agreements"
#: A member of the group by this name is waited for when it leaves.
_INSTANCE = "KLARMELD_KAFKA__GROUP_INSTANCE_ID"


class Replicas(NamedTuple):
    """Where they run, what group and database are called, and the directory of what they write down."""

    stack: Stack
    issuer: Issuer
    label: str
    notes: Path

    @asynccontextmanager
    async def one(self, name: str) -> AsyncIterator[str]:
        """Run a replica that joins the group and leaves it at once when it ends; yield its address."""
        port = free_block().tasks
        settings = {
            "KLARMELD_GROUP": self.label,
            "KLARMELD_MONGO__DATABASE": self.label,
            **self.issuer.environment,
        }
        recipe = service(NAME, self.stack, port=port, settings=settings).recipe
        child = Child(
            replace(
                recipe,
                argv=(*recipe.argv[:3], "tests.benchmarks.observed_service", NAME, str(self.notes / f"{name}.jsonl")),
                env={key: value for key, value in recipe.env.items() if key != _INSTANCE},
                ready=lambda: answers_ok(port, "/readyz"),
            )
        )
        await child.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            await child.stop()

    def steps(self, since: int) -> list[Step]:
        """Return what all of them have written down of a time, a line that is not whole yet left out."""
        return [step for path in sorted(self.notes.glob("*.jsonl")) for step in _read(path) if step["at"] >= since]


def _read(path: Path) -> list[dict[str, Any]]:
    whole, _, _ = path.read_text(encoding="utf-8").rpartition("\n")
    return [{"process": path.stem, **json.loads(line)} for line in whole.splitlines()]
