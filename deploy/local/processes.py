"""Processes of this machine: known by pid and start time, named when they hold a port, ended when ours."""

import contextlib
import signal
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple

import psutil  # type: ignore[import-untyped]


class Identity(NamedTuple):
    """One process: a pid alone may be another one tomorrow. `started` is in seconds since 1970."""

    pid: int
    started: float


class Holder(NamedTuple):
    """Who listens on a port."""

    pid: int
    name: str


def identify(pid: int) -> Identity:
    """Return the identity of a running process; ProcessLookupError when there is none of that pid."""
    try:
        return Identity(pid, psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        raise ProcessLookupError(pid) from None


def is_running(identity: Identity) -> bool:
    return _process(identity) is not None


def end(identity: Identity, *, within: float) -> None:
    """End a process: asked first, forced after `within` seconds; nothing happens when it has ended already."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        process = _process(identity)
        if process is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(how)
        wait_until_ended(identity, within=within)


def wait_until_ended(identity: Identity, *, within: float) -> None:
    """Return when the process has ended, at the latest after `within` seconds."""
    deadline = monotonic() + within
    while is_running(identity) and monotonic() < deadline:
        sleep(0.05)


def holder_of(port: int) -> Holder | None:
    """Return who listens on `port` of this machine, None where the system does not tell."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return None
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
            return Holder(connection.pid, _name(connection.pid))
    return None


def save(identity: Identity, record: Path) -> None:
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(f"{identity.pid} {identity.started}\n")


def saved(record: Path) -> Identity | None:
    """Return the identity in a record, None when there is no record or it was cut short by a crash."""
    try:
        pid, started = record.read_text().split()
        return Identity(int(pid), float(started))
    except (FileNotFoundError, ValueError):
        return None


def _process(identity: Identity) -> "psutil.Process | None":
    try:
        process = psutil.Process(identity.pid)
        same = abs(process.create_time() - identity.started) < 1  # the boot time that it rests on is not exact
        return process if same and not _is_over(process) else None
    except psutil.NoSuchProcess:
        return None


def _is_over(process: "psutil.Process") -> bool:
    """Whether only its exit code is left; while other threads are still ending, they hold its ports and files."""
    return bool(process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1)


def _name(pid: int) -> str:
    try:
        return str(psutil.Process(pid).name())
    except psutil.Error:
        return "unknown"
