"""The real Kafka and MongoDB that tests share: started once per run, on free ports, in a directory of their own."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.local.ports import free_block
from deploy.local.stack import Stack

REPOSITORY = Path(__file__).parent.parent


@asynccontextmanager
async def running_stack(data_dir: Path) -> AsyncIterator[Stack]:
    async with Stack(data_dir, free_block(), parts=parts()) as stack:
        yield stack


def parts() -> Path:
    """Return where fetched packages are kept between test runs: KLARMELD_PARTS, else inside the repository."""
    return Path(os.environ.get("KLARMELD_PARTS") or REPOSITORY / ".klarmeld" / "parts")
