"""The data directory: where the local stack keeps data, logs and pids, and that only one klarmeld uses it at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from deploy.local.errors import LocalStackError, keeping_in


@dataclass(frozen=True)
class DataDirectory:
    """The paths below `root`; absolute, since child processes may run elsewhere."""

    root: Path

    @classmethod
    def at(cls, root: Path) -> "DataDirectory":
        return cls(root.expanduser().absolute())

    @property
    def parts(self) -> Path:
        """What was fetched; can be shared between data directories and deleted at any time."""
        return self.root / "parts"

    @property
    def kafka(self) -> Path:
        return self.root / "kafka"

    @property
    def mongod(self) -> Path:
        return self.root / "mongod"

    def log(self, name: str) -> Path:
        return self.root / "logs" / f"{name}.log"

    def record(self, name: str) -> Path:
        """Return where the pid and start time of a child process are kept."""
        return self.root / "run" / name


@contextmanager
def claimed(directory: DataDirectory) -> Iterator[None]:
    """Hold the data directory for this process; LocalStackError when another holds it or it is not writable."""
    with _lock(directory) as lock:
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _lock(directory: DataDirectory) -> IO[str]:
    with keeping_in(directory.root):
        lock = (directory.root / "lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with lock:
            raise _held(directory, lock) from None
    return lock


def _held(directory: DataDirectory, lock: IO[str]) -> LocalStackError:
    lock.seek(0)
    return LocalStackError(
        f"The data directory {directory.root} is in use by another klarmeld, process {lock.read() or 'unknown'}.",
        remedy="Stop that one, or choose another directory with --data and other ports with --port-base.",
    )
