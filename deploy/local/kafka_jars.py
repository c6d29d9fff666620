"""Kafka's jars: exactly the locked ones, fetched by jgo, checked against the lock, and the lock made anew."""

import errno
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from deploy.local.errors import LocalStackError
from deploy.local.mirrors import repositories

if TYPE_CHECKING:
    from jgo.env import LockFile
    from jgo.maven import MavenContext

LOCK = Path(__file__).with_name("kafka.lock.toml")
KAFKA = "org.apache.kafka:kafka_2.13:jar:4.4.0:compile"
#: slf4j-api is 1.7 in Kafka: without this binding of the same version as its log4j-core the broker would be silent.
BINDING = "org.apache.logging.log4j:log4j-slf4j-impl:jar:2.25.5:compile"
_TIMEOUT_S = 30
_STAMP = "sizes.json"


def fetch_jars(target: Path, *, done: Callable[[int, int], None], lock_path: Path = LOCK) -> None:
    """Fetch the locked jars into `target` (a Maven layout), which appears only when every checksum is right.

    `done` is told, from worker threads, how many of how many jars are here. jgo knows mirrors from its own settings.
    """
    lock = _read(lock_path)
    with TemporaryDirectory(dir=target.parent, prefix=".fetching-kafka-") as temporary:
        repository = Path(temporary) / "jars"
        _download(lock, _context(repository), done)
        _verify(lock, repository)
        _stamp(repository)
        repository.rename(target)


def is_complete(target: Path) -> bool:
    """Whether `target` holds what was verified when it was fetched, by the sizes of its files."""
    try:
        sizes = json.loads((target / _STAMP).read_text())
        return all((target / name).stat().st_size == size for name, size in sizes.items())
    except (FileNotFoundError, ValueError):
        return False


def classpath(target: Path) -> tuple[Path, ...]:
    return tuple(sorted(target.rglob("*.jar")))


def write_lock(repository: Path, lock_path: Path = LOCK) -> None:
    """Resolve KAFKA anew, with the network, and write the lock; for a developer who raises its version.

    The binding is added by itself: as a second root its bill of materials would lower the versions that Kafka wants.
    """
    from jgo.env import LockFile  # noqa: PLC0415

    context = _context(repository)
    kafka, binding = context.create_dependency(KAFKA), context.create_dependency(BINDING)
    roots, others = context.resolver.resolve([kafka])
    needed = [dependency for dependency in others if dependency.scope in {"compile", "runtime"}]
    LockFile.from_resolved_dependencies([*roots, binding, *needed]).save(lock_path)


def _context(repository: Path) -> "MavenContext":
    from jgo.maven import MavenContext  # noqa: PLC0415 - a fifth of a second that only a first start needs

    return MavenContext(repo_cache=repository, remote_repos=repositories(), timeout=_TIMEOUT_S)


def _read(lock_path: Path) -> "LockFile":
    from jgo.env import LockFile  # noqa: PLC0415

    return LockFile.load(lock_path)


def _download(lock: "LockFile", context: "MavenContext", done: Callable[[int, int], None]) -> None:
    """Fetch each locked jar by itself: nothing is resolved anew, so that no POM and no JDK is asked for."""
    artifacts = [_artifact(context, locked) for locked in lock.dependencies]
    with ThreadPoolExecutor(4) as pool:
        for count, _ in enumerate(pool.map(_resolve, artifacts), start=1):
            done(count, len(artifacts))


def _resolve(artifact: Any, tries: int = 3) -> None:
    """Fetch one jar; a connection may break, and what it leaves half done would count as fetched."""
    try:
        artifact.resolve()
    except (OSError, RuntimeError) as error:  # what requests raises is an OSError, jgo raises the other for a 404
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        if tries > 1 and isinstance(error, OSError):
            artifact.cached_path.unlink(missing_ok=True)
            return _resolve(artifact, tries - 1)
        raise _unavailable(artifact.filename, error) from error


def _unavailable(name: str, error: Exception) -> LocalStackError:
    """Name the kind of failure only: the whole message of a failed request is half a page."""
    reason = type(error).__name__ if isinstance(error, OSError) else "not found"
    return LocalStackError(
        f"Kafka could not be fetched, first {name} ({reason}).",
        remedy="The first start needs the network once, or a mirror named in Maven's or jgo's settings.",
    )


def _artifact(context: "MavenContext", locked: Any) -> Any:
    project = context.project(locked.groupId, locked.artifactId)
    return project.at_version(locked.version).artifact(locked.classifier or "", locked.packaging)


def _verify(lock: "LockFile", repository: Path) -> None:
    wrong = lock.verify_checksums(repository)
    if wrong:
        raise LocalStackError(
            f"{len(wrong)} of Kafka's jars are not the locked ones and were thrown away, first {wrong[0]}.",
            remedy="Try again; if it stays so, the package mirror serves something else than the lock names.",
        )


def _stamp(repository: Path) -> None:
    sizes = {str(jar.relative_to(repository)): jar.stat().st_size for jar in classpath(repository)}
    (repository / _STAMP).write_text(json.dumps(sizes))
