"""`klarmeld` as a process beside a trial's service: how it is called and how it ended."""

import asyncio
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tests.docs.commands import RUNBOOK, Command, blocks
from tests.faults.trial import Trial, port_of
from tests.stack import REPOSITORY


class Ended(NamedTuple):
    """How a command ended, and how many megabytes it took at most as far as that was seen."""

    code: int
    said: str
    complained: str
    peak_mb: int = 0


def environment_of(trial: Trial, more: Mapping[str, str]) -> dict[str, str]:
    """Return what a command about the trial's service finds in its environment."""
    return {
        **os.environ,
        "KLARMELD_KAFKA__BOOTSTRAP": trial.stack.bootstrap,
        "KLARMELD_MONGO__URI": trial.stack.mongo_uri,
        "KLARMELD_MONGO__DATABASE": trial.database,
        "KLARMELD_GROUP": trial.group,
        **more,
    }


async def klarmeld(
    trial: Trial, *words: str, within: Path = REPOSITORY, more: Mapping[str, str] | None = None
) -> Ended:
    """Run a command about the trial's service; `more` goes before what the environment says otherwise."""
    environment = environment_of(trial, more or {})
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.cli", *words), cwd=within, env=environment, stdout=-1, stderr=-1
    )
    watching = asyncio.create_task(_peak_mb(process.pid))
    try:
        said, complained = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
        peak_mb = await watching
    return Ended(process.returncode or 0, said.decode(), complained.decode(), peak_mb)


async def _peak_mb(pid: int) -> int:
    """Watch a process until it has ended, and return the most memory that it was seen to have taken."""
    peak = 0
    while (now := _memory_mb(pid)) is not None:
        peak = max(peak, now)
        await asyncio.sleep(0.1)
    return peak


def _memory_mb(pid: int) -> int | None:
    """Return the most that a process has taken so far; None once it has ended, or where the system does not tell."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(encoding="utf-8"))
    except OSError:
        return None
    return int(found[1]) // 1000 if found else 0


class Operator:
    """Does what the runbook says under one heading, block by block."""

    def __init__(self, trial: Trial, within: Path, more: Mapping[str, str]) -> None:
        self._trial = trial
        self._within = within
        self._more = more
        self._left: list[list[Command]] = []

    def opens(self, heading: str) -> None:
        self._left = blocks(RUNBOOK, heading)

    async def runs_the_next_block(self) -> list[Ended]:
        """Run its commands; each has to end as the runbook says."""
        ended = []
        for command in self._left.pop(0):
            words = [each.replace("klarmeld-tasks", self._trial.group) for each in command.words]
            done = await klarmeld(self._trial, *words, within=self._within, more=self._more | self._service())
            assert done.code == command.ends_with, (words, done.said, done.complained)
            ended.append(done)
        return ended

    def passes_over_a_block(self) -> None:
        """Leave out what is said for another case."""
        self._left.pop(0)

    def _service(self) -> dict[str, str]:
        return {"KLARMELD_SERVICES__TASKS": f"http://127.0.0.1:{port_of(self._trial.children[-1])}"}
