"""Child processes of the local stack: started until ready, stopped in order, recognised after a crash."""

import asyncio
import contextlib
import ctypes
import signal
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from deploy.local import processes
from deploy.local.errors import LocalStackError
from deploy.local.last_words import last_words
from deploy.local.ports import require_free

_POLL_S = 0.05
_LOG_ROLLS_AT = 10_000_000


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a child is started and what counts as ready; times in seconds.

    `env` is its whole environment, `ports` are those that it listens on by what they are for, `record` is the file that
    keeps its pid, `ready` asks whether it can be used now.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    ports: Mapping[str, int]
    log: Path
    record: Path
    ready: Callable[[], Awaitable[bool]]
    ready_within: float = 60
    stop_within: float = 10


class Child:
    """One child process at a time of one recipe.

    Start it from the thread that lives longest, usually the main one: Linux ends a child with the thread that made it.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self._process: asyncio.subprocess.Process | None = None
        self._log_start = 0

    @property
    def name(self) -> str:
        return self.recipe.name

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start it and wait until it is ready; LocalStackError says why it is not, and it is stopped then."""
        if self.running:
            return
        await self.recover()
        require_free(self.recipe.ports)
        await self._spawn()
        try:
            await self._until_ready()
        except BaseException:
            await self.stop()
            raise

    async def recover(self) -> None:
        """End what a crashed klarmeld left of this child."""
        leftover = processes.saved(self.recipe.record)
        if leftover is not None and not self.running:
            await asyncio.to_thread(processes.end, leftover, within=self.recipe.stop_within)
            self.recipe.record.unlink(missing_ok=True)

    async def stop(self) -> None:
        """Ask it to stop (SIGTERM), force it after `stop_within`; nothing happens when it does not run."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(self.recipe.stop_within):
                await self._process.wait()
        except TimeoutError:
            await self.kill()
        self._forget()

    async def kill(self) -> None:
        """End it at once (SIGKILL), as a crash would."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        self._forget()

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def ended(self) -> int:
        """Wait until it ends by itself; return its exit code, negative for a signal."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        return await self._process.wait()

    async def _spawn(self) -> None:
        with self._open_log() as log:
            self._log_start = log.tell()
            self._process = await asyncio.create_subprocess_exec(
                *self.recipe.argv,
                env=dict(self.recipe.env),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for klarmeld, which then stops its children in order
                preexec_fn=_end_with_parent,
            )
        with contextlib.suppress(ProcessLookupError):
            processes.save(processes.identify(self._process.pid), self.recipe.record)

    def _open_log(self) -> IO[bytes]:
        log = self.recipe.log
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > _LOG_ROLLS_AT:
            log.replace(log.with_suffix(".old.log"))
        return log.open("ab")

    async def _until_ready(self) -> None:
        try:
            async with asyncio.timeout(self.recipe.ready_within):
                while not await self.recipe.ready():
                    if not self.running:
                        raise self._complaint("stopped while it was starting")
                    await asyncio.sleep(_POLL_S)
        except TimeoutError:
            raise self._complaint(f"was not ready within {self.recipe.ready_within:g} seconds") from None

    def _complaint(self, what: str) -> LocalStackError:
        said = last_words(self.recipe.log, since=self._log_start)
        return LocalStackError(
            f"{self.name} {what}; its last words: {said or 'none'}.", remedy=f"More is in {self.recipe.log}."
        )

    def _forget(self) -> None:
        self._process = None
        self.recipe.record.unlink(missing_ok=True)


async def start_together(children: Iterable[Child]) -> None:
    """Start all at the same time; when one can't, none stays, and nothing starts when one of the ports is taken."""
    children = tuple(children)
    for child in children:
        await child.recover()
    require_free({part: port for child in children for part, port in child.recipe.ports.items()})
    try:
        async with asyncio.TaskGroup() as starts:
            for child in children:
                starts.create_task(child.start())
    except ExceptionGroup as group:
        await stop_together(children)
        raise group.exceptions[0] from None


async def stop_together(children: Iterable[Child]) -> None:
    await asyncio.gather(*(child.stop() for child in children))


_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """Have Linux stop this child when its parent is gone, even by SIGKILL; elsewhere its record serves the next start.

    It runs between fork and exec, where hardly anything is allowed: one system call, looked up beforehand.
    """
    if _prctl is not None:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
