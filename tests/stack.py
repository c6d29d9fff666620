"""The real Kafka and MongoDB that tests share: started once per run, on free ports, in a directory of their own."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.local.directory import DataDirectory
from deploy.local.ports import free_block
from deploy.local.stack import Stack

REPOSITORY = Path(__file__).parent.parent


@asynccontextmanager
async def running_stack(data_dir: Path, *, closed: bool = False) -> AsyncIterator[Stack]:
    """Start a stack in `data_dir`; once it is left, its logs stay and the room of its data is given back."""
    async with Stack(data_dir, free_block(), parts=parts(), closed=closed) as stack:
        yield stack
    give_back(stack.directory)


def give_back(directory: DataDirectory) -> None:
    """Delete what Kafka and MongoDB keep, 300 MB and more even when empty: a whole run starts some twenty of them."""
    for data in (directory.kafka, directory.mongod):
        shutil.rmtree(data, ignore_errors=True)


def parts() -> Path:
    """Return where fetched packages are kept between test runs: KLARMELD_PARTS, else inside the repository."""
    return Path(os.environ.get("KLARMELD_PARTS") or REPOSITORY / ".klarmeld" / "parts")
