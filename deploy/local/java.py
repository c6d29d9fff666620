"""Which Java runs Kafka: JAVA_HOME's, else the one on PATH, when it is 17 or newer; else the one from a wheel."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

OLDEST = 17


def installed_java(environ: Mapping[str, str]) -> Path | None:
    """Return the first Java of this machine that Kafka runs on, None when there is none."""
    return next((java for java in _candidates(environ) if (major_version(java) or 0) >= OLDEST), None)


def too_old(environ: Mapping[str, str]) -> str:
    """Return what was found and is too old, e.g. ` (/usr/bin/java is 11)`, for a sentence; empty when nothing was."""
    found = [f"{java} is {version}" for java in _candidates(environ) if (version := major_version(java))]
    return f" ({', '.join(found)})" if found else ""


def major_version(java: Path) -> int | None:
    """Return the major version that a Java tells, None when it doesn't run (on macOS it may be a stub)."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, check=True, timeout=20).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(match[1]) if match else None


def _candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    if home := environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    if found := shutil.which("java", path=environ.get("PATH", "")):
        yield Path(found)
