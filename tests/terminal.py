"""The `klarmeld` command as a process, in a terminal of its own."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping

from tests.stack import REPOSITORY


async def klarmeld(*words: str, environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run the command and return how it ended and what it said."""

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "deploy.cli", *words],
            capture_output=True, text=True, timeout=60, cwd=REPOSITORY, env=dict(environment), check=False,
        )  # fmt: skip

    return await asyncio.to_thread(run)
